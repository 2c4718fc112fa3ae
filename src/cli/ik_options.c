/** Parsing of osso_ik ik's command line. */
#include "cli/ik_options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "cli/config.h"
#include "cli/option_values.h"

enum { OPT_CHAIN = 256, OPT_MOTION, OPT_FPS, OPT_FILTER, OPT_NOISE, OPT_SMOOTHNESS, OPT_ROBUST, OPT_MORE_IT, OPT_SOLVER, OPT_EXPORT,
       OPT_LOG_LEVEL, OPT_JSON, OPT_CONFIG, OPT_DRY_RUN };

static const char short_options[] = "-:o:vqh";

static const struct option long_options[] = {{"chain", required_argument, NULL, OPT_CHAIN},
                                             {"motion", required_argument, NULL, OPT_MOTION},
                                             {"fps", required_argument, NULL, OPT_FPS},
                                             {"out", required_argument, NULL, 'o'},
                                             {"filter", optional_argument, NULL, OPT_FILTER},
                                             {"noise", required_argument, NULL, OPT_NOISE},
                                             {"smoothness", required_argument, NULL, OPT_SMOOTHNESS},
                                             {"robust", required_argument, NULL, OPT_ROBUST},
                                             {"more_it", no_argument, NULL, OPT_MORE_IT},
                                             {"solver", required_argument, NULL, OPT_SOLVER},
                                             {"export", required_argument, NULL, OPT_EXPORT},
                                             {"json", no_argument, NULL, OPT_JSON},
                                             {"config", required_argument, NULL, OPT_CONFIG},
                                             {"dry-run", no_argument, NULL, OPT_DRY_RUN},
                                             {"verbose", no_argument, NULL, 'v'},
                                             {"quiet", no_argument, NULL, 'q'},
                                             {"log-level", required_argument, NULL, OPT_LOG_LEVEL},
                                             {"help", no_argument, NULL, 'h'},
                                             {NULL, 0, NULL, 0}};

static const char *const solvers[] = {
    [OIK_SOLVER_SEQUENCE] = "sequence", [OIK_SOLVER_FRAMES] = "frames", [OIK_SOLVER_PATCH] = "patch", NULL};

/** Usual cut-off for human movement [Hz]. */
static const double USUAL_CUTOFF = 6.0;
static const double MM = 1e-3;

const char *oik_ik_solver_name(oik_motion_solver solver) {
    return solvers[solver];
}

const char *oik_ik_command_help(void) {
    return "osso_ik ik: the motion of a kinematic chain from keypoints or markers\n"
           "\n"
           "usage: osso_ik ik --chain FILE[:NAME] --motion FILE [options]\n"
           "\n"
           "  --chain FILE[:NAME]    .json: a chain file, NAME_chain.json of a body, or a collection of chains and one's name\n"
           "  --motion FILE          .txt (17 rows of x y z a frame), .trc or .npz (frames, points, 3 or 4)\n"
           "  --fps N                frames per second (default: the file's own, else 30)\n"
           "  -o, --out DIR          results in DIR (default: out)\n"
           "  --filter [HZ]          low-pass over the solved motion, without delay (cut-off 6 Hz unless given)\n"
           "  --noise MM             noise of a measured coordinate (default: measured from segment lengths)\n"
           "  --smoothness X         X times the automatic weight of smooth motion (default: 1)\n"
           "  --robust MM            distances beyond MM count less and less: for keypoints with outliers\n"
           "  --more_it              iterate to the minimum itself: three to five times slower, changes hundredths of a degree\n"
           "  --solver NAME          sequence (default), or as a reference frames or patch: SLSQP, slow, link directions only\n"
           "  --export LIST          csv (angles, segments, rates), json (motion), txt (orientations), all (default: all)\n"
           "  --json                 a summary on stdout, one line\n"
           "  --config FILE          options of a text file, \"name = value\" lines; the command line overrides them\n"
           "  --dry-run              check the input, match keypoints and joints, and say what would be written\n"
           "  -v, --verbose          more on stderr: matched keypoints, weights, times\n"
           "  -q, --quiet            errors only\n"
           "  --log-level LEVEL      error, warning, info or debug\n"
           "  -h, --help\n"
           "\n"
           "exit codes: 0 done, 1 internal failure, 2 usage, 3 bad input, 130 stopped by Ctrl-C\n"
           "files, formats and examples: man osso_ik\n";
}

/** --filter, --filter=HZ, or --filter HZ: a next word that is a number is taken. */
static const char *filter_value(const char *value, int argc, char **argv) {
    double number;
    if (value || optind >= argc)
        return value;
    size_t length = strlen(argv[optind]);
    return length && oik_number_parse(&number, argv[optind], argv[optind] + length) == length ? argv[optind++] : NULL;
}

static oik_exit parse_filter(oik_ik_command_options *o, const char *value, oik_complaint to) {
    o->solving.cutoff_hz = USUAL_CUTOFF;
    return value ? oik_option_number(&o->solving.cutoff_hz, "--filter", value, 1e-4, 1e5, "a cut-off of 0.0001 to 100000 Hz", to)
                 : OIK_EXIT_DONE;
}

/** A distance given in millimetres. */
static oik_exit parse_distance(double *out, const char *option, const char *text, oik_complaint to) {
    oik_exit code = oik_option_number(out, option, text, 1e-3, 1e4, "0.001 to 10000 mm", to);
    *out *= MM;
    return code;
}

static oik_exit parse_solver(oik_ik_command_options *o, const char *text, oik_complaint to) {
    int i = oik_word_index(solvers, text, strlen(text));
    if (i < 0)
        return oik_complain(to, "--solver %s: expected sequence, frames or patch", text);
    o->solving.solver = (oik_motion_solver)i;
    return OIK_EXIT_DONE;
}

static oik_exit parse_exports(oik_ik_command_options *o, const char *text, oik_complaint to) {
    static const char *const formats[] = {"csv", "json", "txt", "all", NULL};
    static const unsigned bits[] = {OIK_IK_EXPORT_CSV, OIK_IK_EXPORT_JSON, OIK_IK_EXPORT_TXT, OIK_IK_EXPORT_ALL};
    return oik_option_set(&o->exports, "--export", text, formats, bits, to);
}

static oik_exit apply(oik_ik_command_options *o, int option, const char *value, oik_complaint to) {
    oik_sequence_options *sequence = &o->solving.sequence;
    switch (option) {
    case 1: return oik_complain(to, "unexpected argument %s", value);
    case OPT_CHAIN: o->chain = value; break;
    case OPT_MOTION: o->motion = value; break;
    case OPT_FPS: return oik_option_number(&o->fps, "--fps", value, 1e-3, 1e6, "0.001 to 1000000 frames per second", to);
    case 'o': o->out = value; break;
    case OPT_NOISE: return parse_distance(&sequence->noise, "--noise", value, to);
    case OPT_SMOOTHNESS: return oik_option_number(&o->solving.smoothness, "--smoothness", value, 1e-6, 1e6, "a factor of 1e-6 to 1e6", to);
    case OPT_ROBUST: return parse_distance(&sequence->robust_scale, "--robust", value, to);
    case OPT_FILTER: return parse_filter(o, value, to);
    case OPT_CONFIG: break; /* read before */
    case OPT_MORE_IT: sequence->converge = true; break;
    case OPT_SOLVER: return parse_solver(o, value, to);
    case OPT_EXPORT: return parse_exports(o, value, to);
    case OPT_JSON: o->json = true; break;
    case OPT_DRY_RUN: o->dry_run = true; break;
    case 'v': o->level = OIK_LOG_DEBUG; break;
    case 'q': o->level = OIK_LOG_ERROR; break;
    case OPT_LOG_LEVEL: return oik_option_level(&o->level, value, to);
    case 'h': o->help = true; break;
    default: break;
    }
    return OIK_EXIT_DONE;
}

static oik_exit check(const oik_ik_command_options *o, oik_complaint to) {
    const oik_keypoint_motion_options *s = &o->solving;
    if (!o->chain || o->chain[0] == '\0')
        return oik_complain(to, "--chain is missing: a .json file of a kinematic chain");
    if (!o->motion || o->motion[0] == '\0')
        return oik_complain(to, "--motion is missing: a .txt, .trc or .npz file of keypoints");
    if (o->out[0] == '\0')
        return oik_complain(to, "--out is empty: give a directory");
    if (s->solver != OIK_SOLVER_SEQUENCE && (s->sequence.noise > 0.0 || s->sequence.robust_scale > 0.0 || s->sequence.converge))
        return oik_complain(to, "--noise, --robust and --more_it are for --solver sequence, not %s", oik_ik_solver_name(s->solver));
    if (s->solver == OIK_SOLVER_FRAMES && s->smoothness != 1.0)
        return oik_complain(to, "--smoothness is not for --solver frames, which solves every frame by itself");
    return OIK_EXIT_DONE;
}

/** An option of the file of --config. */
static oik_exit take_from_file(void *options, int option, const char *value, oik_complaint to) {
    if (option == OPT_CONFIG || option == 'h')
        return oik_complain(to, "config and help are for the command line");
    return apply(options, option, value, to);
}

oik_exit oik_ik_command_options_parse(oik_ik_command_options *o, char *message, size_t size, int argc, char **argv) {
    *o = (oik_ik_command_options){
        .out = "out", .solving = oik_keypoint_motion_options_default(), .exports = OIK_IK_EXPORT_ALL, .level = OIK_LOG_INFO};
    oik_complaint to = {message, size};
    oik_config config;
    oik_exit code = oik_config_open(&config, argc, argv, short_options, long_options, OPT_CONFIG, to);
    if (!code)
        code = oik_config_apply(&config, long_options, take_from_file, o, to);
    o->config_text = config.text;
    opterr = 0;
    optind = 0; /* GNU: start anew */
    for (int option; code == OIK_EXIT_DONE && (option = getopt_long(argc, argv, short_options, long_options, NULL)) != -1;)
        code = option == ':' || option == '?' ? oik_complain_getopt(to, option, argv)
                                              : apply(o, option, option == OPT_FILTER ? filter_value(optarg, argc, argv) : optarg, to);
    if (code == OIK_EXIT_DONE && optind < argc) /* what follows "--" */
        code = apply(o, 1, argv[optind], to);
    return code != OIK_EXIT_DONE || o->help ? code : check(o, to);
}

void oik_ik_command_options_free(oik_ik_command_options *options) {
    free(options->config_text);
    options->config_text = NULL;
}
