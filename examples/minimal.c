/* Bones and joint angles of one body: minimal MODEL.npz BODY.ply */
#include <osso_ik.h>
#include <stdio.h>

int main(int argc, char **argv) {
    oik_error err = {0};
    oik_model *model = NULL;
    oik_mesh *mesh = NULL;
    oik_body *body = NULL;
    oik_skeleton *lying = NULL, *posed = NULL;
    oik_chain *chain = NULL;
    oik_motion *motion = NULL;

    if (argc != 3 || oik_model_load(&model, argv[1], &err) || oik_mesh_read(&mesh, argv[2], &err) ||
        oik_body_from_mesh(&body, model, mesh, argv[2], NULL, &err) ||
        oik_skeleton_infer(&lying, model, body, NULL, &err) ||
        oik_skeleton_pose(&posed, model, body, lying, NULL, &err) ||
        oik_chain_from_skeleton(&chain, model, lying, &err) ||
        oik_motion_solve(&motion, model, chain, posed, NULL, &err))
        fprintf(stderr, "%s\n", argc != 3 ? "usage: minimal MODEL.npz BODY.ply" : err.message);

    for (size_t i = 0; motion && i < oik_motion_n_coordinates(motion); i++) {
        oik_coordinate c = oik_motion_coordinate(motion, i); /* radians or metres */
        printf("%-24s %9.4f  in [%.4f, %.4f]\n", c.name, c.value, c.lower, c.upper);
    }
    int code = motion ? 0 : 1;
    oik_motion_free(motion);
    oik_chain_free(chain);
    oik_skeleton_free(posed);
    oik_skeleton_free(lying);
    oik_body_free(body);
    oik_mesh_free(mesh);
    oik_model_free(model);
    return code;
}
