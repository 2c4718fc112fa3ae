/** Parsing of the pipeline's command line. */
#include "cli/options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "cli/config.h"
#include "cli/option_values.h"

enum { OPT_MESH = 256, OPT_MODEL, OPT_MORE_IT, OPT_PER_PARTS, OPT_PER_BONES, OPT_EXPORT, OPT_LOG_LEVEL, OPT_JSON, OPT_DRY_RUN,
       OPT_VERSION, OPT_SEQUENCE, OPT_POSE_INPUT, OPT_MOTION, OPT_FPS, OPT_NO_FRAME_MESHES, OPT_METHOD, OPT_OSIM_DETAIL, OPT_MASS,
       OPT_UP, OPT_THREADS, OPT_CONFIG };

static const char short_options[] = "-:g:o:FpDvqh";

static const struct option long_options[] = {{"mesh_input", required_argument, NULL, OPT_MESH},
                                             {"sequence", no_argument, NULL, OPT_SEQUENCE},
                                             {"pose_input", required_argument, NULL, OPT_POSE_INPUT},
                                             {"motion", required_argument, NULL, OPT_MOTION},
                                             {"fps", required_argument, NULL, OPT_FPS},
                                             {"gender", required_argument, NULL, 'g'},
                                             {"out", required_argument, NULL, 'o'},
                                             {"model", required_argument, NULL, OPT_MODEL},
                                             {"method", required_argument, NULL, OPT_METHOD},
                                             {"more_it", no_argument, NULL, OPT_MORE_IT},
                                             {"posing_only", no_argument, NULL, 'p'},
                                             {"per_parts", no_argument, NULL, OPT_PER_PARTS},
                                             {"per_bones", no_argument, NULL, OPT_PER_BONES},
                                             {"no_frame_meshes", no_argument, NULL, OPT_NO_FRAME_MESHES},
                                             {"force_recompute", no_argument, NULL, 'F'},
                                             {"display", no_argument, NULL, 'D'},
                                             {"export", required_argument, NULL, OPT_EXPORT},
                                             {"osim-detail", required_argument, NULL, OPT_OSIM_DETAIL},
                                             {"mass", required_argument, NULL, OPT_MASS},
                                             {"up", required_argument, NULL, OPT_UP},
                                             {"verbose", no_argument, NULL, 'v'},
                                             {"quiet", no_argument, NULL, 'q'},
                                             {"log-level", required_argument, NULL, OPT_LOG_LEVEL},
                                             {"json", no_argument, NULL, OPT_JSON},
                                             {"threads", required_argument, NULL, OPT_THREADS},
                                             {"config", required_argument, NULL, OPT_CONFIG},
                                             {"dry-run", no_argument, NULL, OPT_DRY_RUN},
                                             {"version", no_argument, NULL, OPT_VERSION},
                                             {"help", no_argument, NULL, 'h'},
                                             {NULL, 0, NULL, 0}};

const char *oik_options_help(void) {
    return "osso_ik: bones, joint centres and joint angles from body meshes\n"
           "\n"
           "usage: osso_ik --mesh_input PATH... --gender female|male|neutral [options]\n"
           "       osso_ik ik --chain FILE[:NAME] --motion FILE [options]   see osso_ik ik --help\n"
           "       osso_ik import --star PLACE --osso DIR --loss DIR --gender female|male -o FILE   see osso_ik import --help\n"
           "       osso_ik info MODEL|MESH\n"
           "       osso_ik convert [--ascii] IN OUT\n"
           "\n"
           "  --mesh_input PATH...   .ply or .obj bodies in SMPL/STAR vertex order, each one by itself; one folder, 'PATTERN' (in\n"
           "                         quotes), .npz or .npy (frames, vertices, 3): the frames of a sequence\n"
           "  --sequence             several mesh files are the frames of one sequence\n"
           "  --pose_input FILE      .npz of body parameters (poses, trans, betas; also AMASS) in place of meshes: a sequence,\n"
           "                         or one body when there is one frame\n"
           "  --motion FILE          keypoints (.txt, .trc, .npz) that drive the chain of a single mesh\n"
           "  --fps N                frames per second of a sequence or motion (default: the input's own, else 30)\n"
           "  -g, --gender SEX       female, male or neutral: which model\n"
           "  -o, --out DIR          results in DIR, intermediate files in DIR/tmp (default: out)\n"
           "  --model open|FILE      the built-in model (default) or a model file\n"
           "  --method NAME          refined (default), or reference: the published method step by step (imported models)\n"
           "  --more_it              iterate every stage to convergence limits twice as tight (reference: to convergence)\n"
           "  -p, --posing_only      take the stages before posing from DIR/tmp, pose and solve joint angles anew\n"
           "  --per_parts            also one mesh per part of the skeleton, in DIR/NAME_parts\n"
           "  --per_bones            also one mesh per anatomical bone, in DIR/NAME_bones\n"
           "  --no_frame_meshes      a sequence without the bones of every frame in DIR/NAME_frames\n"
           "  -F, --force_recompute  compute everything anew, without what an earlier run left in DIR/tmp\n"
           "  -D, --display          write DIR/NAME_report.html with every step of optimisation, and open it in the browser\n"
           "  --export LIST          csv (joint angles), json (kinematic chain), isb (angles after ISB), osim (OpenSim model, motion,\n"
           "                         markers), mot, trc, c3d, bvh, glb (glTF), mjcf (MuJoCo), urdf, addb (folder for AddBiomechanics),\n"
           "                         png (picture), report (page for a browser), all (default: csv,json,osim,mot,report)\n"
           "  --osim-detail LEVEL    plain (default): OpenSim's usual bodies; full: also neck, head, clavicles and scapulae\n"
           "  --mass KG              of the subject, for osim, glb, mjcf, urdf, addb (default: estimated from the skin's volume)\n"
           "  --up AXIS              which way is up, for rigs, isb and motions in the report: auto (default), x, y, z, -x, -y or -z\n"
           "  --json                 the summary on stdout, one line per body\n"
           "  --threads N            of several bodies up to N at a time (default: 1); the results are the same\n"
           "  --config FILE          options of a text file, \"name = value\" lines; the command line overrides them\n"
           "  --dry-run              check the input and say what would be written\n"
           "  -v, --verbose          more on stderr: every step's cost, iterations and times\n"
           "  -q, --quiet            errors only\n"
           "  --log-level LEVEL      error, warning, info or debug\n"
           "  --version, -h, --help\n"
           "\n"
           "exit codes: 0 done, 1 internal failure, 2 usage, 3 bad input, 4 a result failed its quality gate,\n"
           "            130 stopped by Ctrl-C\n"
           "files, formats and examples: man osso_ik\n";
}

static oik_exit parse_gender(oik_options *o, const char *text, oik_complaint to) {
    static const char *const genders[] = {"female", "male", "neutral", NULL};
    int i = oik_word_index(genders, text, strlen(text));
    if (i < 0)
        return oik_complain(to, "--gender %s: expected female, male or neutral", text);
    o->gender = genders[i];
    return OIK_EXIT_DONE;
}

static oik_exit parse_method(oik_options *o, const char *text, oik_complaint to) {
    static const char *const methods[] = {"refined", "reference", NULL}; /* in the order of oik_method */
    int i = oik_word_index(methods, text, strlen(text));
    if (i < 0)
        return oik_complain(to, "--method %s: expected refined or reference", text);
    o->method = (oik_method)i;
    return OIK_EXIT_DONE;
}

static oik_exit parse_exports(oik_options *o, const char *text, oik_complaint to) {
    static const char *const formats[] = {"csv", "json", "isb",  "osim", "mot",    "trc", "c3d", "bvh",
                                          "glb",  "mjcf", "urdf", "addb", "png", "report", "all", NULL};
    static const unsigned bits[] = {OIK_EXPORT_CSV,  OIK_EXPORT_JSON, OIK_EXPORT_ISB,  OIK_EXPORT_OSIM, OIK_EXPORT_MOT,
                                    OIK_EXPORT_TRC,  OIK_EXPORT_C3D,  OIK_EXPORT_BVH,  OIK_EXPORT_GLB,  OIK_EXPORT_MJCF, OIK_EXPORT_URDF,
                                    OIK_EXPORT_ADDB, OIK_EXPORT_PNG,  OIK_EXPORT_REPORT, OIK_EXPORT_ALL};
    return oik_option_set(&o->exports, "--export", text, formats, bits, to);
}

static oik_exit parse_osim_detail(oik_options *o, const char *text, oik_complaint to) {
    static const char *const levels[] = {"plain", "full", NULL};
    int i = oik_word_index(levels, text, strlen(text));
    if (i < 0)
        return oik_complain(to, "--osim-detail %s: expected plain or full", text);
    o->osim_detail = i == 0 ? OIK_OSIM_DETAIL_PLAIN : OIK_OSIM_DETAIL_FULL;
    return OIK_EXIT_DONE;
}

/** "auto", or an axis with or without a sign. */
static oik_exit parse_up(oik_options *o, const char *text, oik_complaint to) {
    static const char *const axes[] = {"x", "y", "z", "-x", "-y", "-z", "auto", NULL};
    int i = oik_word_index(axes, text, strlen(text));
    if (i < 0)
        return oik_complain(to, "--up %s: expected auto, x, y, z, -x, -y or -z", text);
    for (int k = 0; k < 3; k++)
        o->up[k] = i == k ? 1.0 : i == k + 3 ? -1.0 : 0.0;
    return OIK_EXIT_DONE;
}

static oik_exit parse_threads(oik_options *o, const char *text, oik_complaint to) {
    const int64_t most = 1024;
    int64_t n = 0;
    size_t length = strlen(text);
    if (oik_integer_parse(&n, text, text + length) != length || n < 1 || n > most)
        return oik_complain(to, "--threads %s: expected a whole number from 1 to %d", text, (int)most);
    o->threads = (int)n;
    return OIK_EXIT_DONE;
}

/** The command line's inputs take the place of the file's. */
static void forget_inputs(oik_options *o) {
    o->n_meshes = 0;
    o->pose_input = NULL;
    o->inputs_of_file = false;
}

static oik_exit apply(oik_options *o, int option, const char *value, oik_complaint to) {
    switch (option) {
    case 1: /* a word that belongs to no option */
        if (o->n_meshes == 0 || o->inputs_of_file)
            return oik_complain(to, "unexpected argument %s: meshes follow --mesh_input", value);
        o->meshes[o->n_meshes++] = value;
        break;
    case OPT_MESH: o->meshes[o->n_meshes++] = value; break;
    case 'g': return parse_gender(o, value, to);
    case 'o': o->out = value; break;
    case OPT_MODEL: o->model = value; break;
    case OPT_MORE_IT: o->more_iterations = true; break;
    case OPT_PER_PARTS: o->per_parts = true; break;
    case OPT_PER_BONES: o->per_bones = true; break;
    case OPT_EXPORT: return parse_exports(o, value, to);
    case OPT_OSIM_DETAIL: return parse_osim_detail(o, value, to);
    case OPT_MASS: return oik_option_number(&o->mass, "--mass", value, 1.0, 500.0, "1 to 500 kilograms", to);
    case OPT_UP: return parse_up(o, value, to);
    case OPT_SEQUENCE: o->sequence = true; break;
    case OPT_POSE_INPUT: o->pose_input = value; break;
    case OPT_MOTION: o->motion = value; break;
    case OPT_FPS: return oik_option_number(&o->fps, "--fps", value, 1e-3, 1e6, "0.001 to 1000000 frames per second", to);
    case OPT_NO_FRAME_MESHES: o->no_frame_meshes = true; break;
    case 'F': o->force = true; break;
    case 'p': o->posing_only = true; break;
    case 'D': o->display = true; break;
    case OPT_METHOD: return parse_method(o, value, to);
    case OPT_JSON: o->json = true; break;
    case OPT_THREADS: return parse_threads(o, value, to);
    case OPT_CONFIG: break; /* read before */
    case OPT_DRY_RUN: o->dry_run = true; break;
    case 'v': o->level = OIK_LOG_DEBUG; break;
    case 'q': o->level = OIK_LOG_ERROR; break;
    case OPT_LOG_LEVEL: return oik_option_level(&o->level, value, to);
    case OPT_VERSION: o->version = true; break;
    case 'h': o->help = true; break;
    default: break;
    }
    return OIK_EXIT_DONE;
}

static oik_exit check(const oik_options *o, oik_complaint to) {
    if (o->n_meshes == 0 && !o->pose_input)
        return oik_complain(to, "no input: give a body mesh with --mesh_input PATH");
    if (o->n_meshes > 0 && o->pose_input)
        return oik_complain(to, "--pose_input takes the place of meshes: leave --mesh_input or it out");
    if (o->pose_input && o->sequence)
        return oik_complain(to, "--sequence is about meshes; body parameters are a sequence anyway");
    if (o->posing_only && o->force)
        return oik_complain(to, "--posing_only takes what --force_recompute leaves aside: leave one of them out");
    if (o->osim_detail && !(o->exports & OIK_EXPORT_OPENSIM))
        return oik_complain(to, "--osim-detail is about OpenSim's formats: --export osim, mot or trc");
    if (o->mass > 0.0 && !(o->exports & OIK_EXPORT_MASSES))
        return oik_complain(to, "--mass goes with a format that tells it: --export osim, glb, mjcf, urdf or addb");
    bool up = o->up[0] != 0.0 || o->up[1] != 0.0 || o->up[2] != 0.0;
    if (up && !(o->exports & OIK_EXPORT_UPRIGHT) && !o->display)
        return oik_complain(to, "--up goes with what stands on the ground: --export osim, mot, trc, c3d, bvh, glb, mjcf, urdf, "
                                "addb, isb or report");
    if (!o->gender)
        return oik_complain(to, "--gender is missing: female, male or neutral");
    if (o->out[0] == '\0')
        return oik_complain(to, "--out is empty: give a directory");
    return OIK_EXIT_DONE;
}

/** An option of the file of --config. */
static oik_exit take_from_file(void *options, int option, const char *value, oik_complaint to) {
    if (option == OPT_CONFIG || option == OPT_VERSION || option == 'h')
        return oik_complain(to, "config, version and help are for the command line");
    return apply(options, option, value, to);
}

/** The file of --config, and room for all meshes. */
static oik_exit apply_file(oik_options *o, int argc, char **argv, oik_complaint to) {
    oik_config config;
    oik_exit code = oik_config_open(&config, argc, argv, short_options, long_options, OPT_CONFIG, to);
    o->meshes = calloc((size_t)argc + config.n_lines + 1, sizeof *o->meshes);
    if (!code && !o->meshes) {
        oik_complain(to, "out of memory");
        code = OIK_EXIT_INTERNAL;
    }
    if (!code)
        code = oik_config_apply(&config, long_options, take_from_file, o, to);
    o->inputs_of_file = o->n_meshes > 0 || o->pose_input;
    o->config_text = config.text;
    return code;
}

static oik_exit apply_words(oik_options *o, int argc, char **argv, oik_complaint to) {
    opterr = 0;
    optind = 0; /* GNU: start anew */
    oik_exit code = OIK_EXIT_DONE;
    for (int option; code == OIK_EXIT_DONE && (option = getopt_long(argc, argv, short_options, long_options, NULL)) != -1;) {
        if (o->inputs_of_file && (option == OPT_MESH || option == OPT_POSE_INPUT))
            forget_inputs(o);
        code = option == ':' || option == '?' ? oik_complain_getopt(to, option, argv) : apply(o, option, optarg, to);
    }
    for (; code == OIK_EXIT_DONE && optind < argc; optind++) /* what follows "--" */
        code = apply(o, 1, argv[optind], to);
    return code;
}

oik_exit oik_options_parse(oik_options *o, char *message, size_t size, int argc, char **argv) {
    *o = (oik_options){.out = "out", .model = "open", .exports = OIK_EXPORT_DEFAULT, .level = OIK_LOG_INFO};
    oik_complaint to = {message, size};
    oik_exit code = apply_file(o, argc, argv, to);
    if (code == OIK_EXIT_DONE)
        code = apply_words(o, argc, argv, to);
    if (code != OIK_EXIT_DONE || o->help || o->version)
        return code;
    return check(o, to);
}

void oik_options_free(oik_options *options) {
    free(options->meshes);
    free(options->config_text);
    options->meshes = NULL;
    options->config_text = NULL;
}
