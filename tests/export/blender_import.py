"""Import a .bvh or .glb into Blender and print where its bones are.

blender -b --factory-startup --python-exit-code 1 --python blender_import.py -- FILE OUT FRAME...

OUT gets a line "FRAME NAME x y z" per frame (counted from 0) and bone: the bone's head, back in the axes of the file (y up; Blender has
z up), in metres. Frame k is where the k-th key of the animation is; a file without animation has the same posture in all.
"""
import builtins
import sys

import bpy
import numpy as np

# Blender 3.4 with Python 3.11 and NumPy 1.24: what the importers of its distribution still ask for
if "bool" not in vars(np):
    np.bool = bool
plain_open = builtins.open
builtins.open = lambda path, mode="r", *rest, **options: plain_open(path, mode.replace("U", ""), *rest, **options)

path, out, *frames = sys.argv[sys.argv.index("--") + 1:]
for thing in list(bpy.data.objects):
    bpy.data.objects.remove(thing)
if path.endswith(".bvh"):
    bpy.ops.import_anim.bvh(filepath=path)
else:
    bpy.ops.import_scene.gltf(filepath=path)

armature = next(thing for thing in bpy.data.objects if thing.type == "ARMATURE")
curves = [curve for action in bpy.data.actions for curve in action.fcurves]
keys = sorted({key.co[0] for curve in curves for key in curve.keyframe_points})
with plain_open(out, "w") as lines:
    for frame in frames:
        at = keys[int(frame)] if keys else 0.0
        bpy.context.scene.frame_set(int(at), subframe=at - int(at))
        for bone in armature.pose.bones:
            x, y, z = armature.matrix_world @ bone.head
            lines.write(f"{frame} {bone.name} {x:.9g} {z:.9g} {-y:.9g}\n")
