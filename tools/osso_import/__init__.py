"""Licensed STAR, SMPL and OSSO model files -> a model archive of osso_ik (docs/importing.md)."""
