"""The made-up figure: joint centres, bones and body outline in T-pose. Metres; y up, subject's left on +x, facing +z; pelvis at 0.

No scan and nobody's model: round numbers of an adult of 1.73 m, written down by hand. Only the left side is listed.
"""
import numpy as np

import surface

PARENTS = np.array([-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 20, 21])
MIRROR_JOINT = np.array([0, 2, 1, 3, 5, 4, 6, 8, 7, 9, 11, 10, 12, 14, 13, 15, 17, 16, 19, 18, 21, 20, 23, 22])

JOINTS_LEFT = {0: (0, 0, 0), 1: (0.088, -0.08, 0.0), 3: (0, 0.1, -0.03), 4: (0.1, -0.48, 0.0), 6: (0, 0.24, -0.035), 7: (0.1, -0.88, -0.015),
               9: (0, 0.37, -0.035), 10: (0.105, -0.935, 0.1), 12: (0, 0.51, -0.025), 13: (0.055, 0.445, 0.0), 15: (0, 0.6, 0.0),
               16: (0.18, 0.46, -0.02), 18: (0.44, 0.46, -0.02), 20: (0.69, 0.46, 0.0), 22: (0.775, 0.46, 0.0)}
LEAF_END = {10: (0.0, -0.005, 0.06), 15: (0.0, 0.14, 0.02), 22: (0.07, 0.0, 0.0)}

PARTS = ["pelvis", "lumbar", "thorax_low", "thorax_up", "cervical", "shoulder_L", "shoulder_R", "ribs", "skull", "humerus_L", "humerus_R",
         "ulna_L", "ulna_R", "hand_L", "hand_R", "femur_L", "tibia_L", "femur_R", "tibia_R", "foot_L", "foot_R"]
MIRROR_PART = [0, 1, 2, 3, 4, 6, 5, 7, 8, 10, 9, 12, 11, 14, 13, 17, 18, 15, 16, 20, 19]
EDGES = [(0, 1), (0, 15), (0, 17), (1, 2), (2, 3), (3, 4), (3, 5), (3, 6), (3, 7), (4, 8), (5, 9), (6, 10), (9, 11), (10, 12), (11, 13), (12, 14),
         (15, 16), (16, 19), (17, 18), (18, 20)]
GLUED_EDGES = [(1, 2), (2, 3)]     # parts that share vertices of the template
# joints whose skin lies over a part
PART_JOINTS = {0: (0, 1, 2), 1: (0, 3), 2: (3, 6), 3: (6, 9), 4: (12, 9), 5: (13, 16, 9), 7: (6, 9, 3), 8: (15, 12), 9: (16,), 11: (18,),
               13: (20, 22), 15: (1,), 16: (4,), 19: (7, 10)}
# the joint that a part follows, its place the origin of the part's coordinates in the template
ANCHORS = {0: 0, 1: 3, 2: 6, 3: 9, 4: 12, 5: 13, 7: 9, 8: 15, 9: 16, 11: 18, 13: 20, 15: 1, 16: 4, 19: 7}

HEAD, KNEE_BALL, SHOULDER_BALL, ELBOW_BALL, STERNAL_BALL = 0.0235, 0.027, 0.0225, 0.0165, 0.009


def joints():
    J = np.zeros((24, 3))
    for j, p in JOINTS_LEFT.items():
        J[j] = p
        J[MIRROR_JOINT[j]] = np.multiply(p, (1 if MIRROR_JOINT[j] == j else -1, 1, 1))
    return J


def path(*points):
    """Polyline with rounded corners, straight for 40 % of each end."""
    p = np.array(points, float)
    if len(p) < 3:
        return p
    out = [p[0]]
    for k in range(1, len(p) - 1):
        a, b, c = p[k] + 0.6 * (p[k - 1] - p[k]), p[k], p[k] + 0.6 * (p[k + 1] - p[k])
        t = np.linspace(0, 1, 12)[:, None]
        out += list((1 - t) ** 2 * a + 2 * t * (1 - t) * b + t * t * c)
    return np.array(out + [p[-1]])


def length(p):
    return np.linalg.norm(np.diff(p, axis=0), axis=1).sum()


def rod(p, r, r_end=None, flat=(1, 1), across=(0, 0, 1.0), weight=1.0, patches=()):
    """A bar along a path; patches: names of the balls at its ends."""
    p = path(*p)
    ends = r if r_end is None else r_end
    return dict(profile=surface.bar(length(p), ends[0] if np.ndim(ends) else ends, r, ends[1] if np.ndim(ends) else ends), path=p,
                flat=flat, across=across, weight=weight, patches=patches)


def bowl(centre, direction, radius, thickness, angle, name, weight=1.0):
    """A cup about a centre that opens towards `direction`."""
    d = np.array(direction) / np.linalg.norm(direction)
    return dict(profile=surface.cup(radius, thickness, angle), path=np.array([centre, np.array(centre) - 0.1 * d]), flat=(1, 1),
                across=(0, 1.0, 0.01), weight=weight, patches=(name,))


def blob(centre, radii, across=(0, 0, 1.0), weight=1.0):
    """An ellipsoid along y."""
    c = np.array(centre, float)
    return dict(profile=surface.ellipse(2 * radii[1], np.sqrt(radii[0] * radii[2])), path=np.array([c - [0, radii[1], 0], c + [0, radii[1], 0]]),
                flat=(np.sqrt(radii[2] / radii[0]), np.sqrt(radii[0] / radii[2])), across=across, weight=weight, patches=())


def vertebrae(low, high, r):
    return dict(profile=surface.joined([(surface.bar(np.linalg.norm(np.subtract(high, low)), r, r, r, 1.5)[0], -1)]),
                path=np.array([low, high], float), flat=(0.8, 1), across=(0, 0, 1.0), weight=1.0, patches=())


def spinous(y, z):
    """A spinous process behind a vertebra."""
    return rod([(0, y, z - 0.01), (0, y - 0.012, z - 0.045)], 0.006, weight=0.4)


def bones(n_ribs, n_rays):
    """{part: components} of the left side and the midline; those of paired pieces of midline parts have the key 'both'."""
    J = joints()
    hip, knee, ankle, shoulder, elbow, wrist = (J[k] for k in (1, 4, 7, 16, 18, 20))
    neck_end = hip + [0.042, -0.025, -0.004]
    sternal = np.array([0.02, 0.432, 0.062])
    ribs = [rod([(0.022, y + 0.01, -0.055), (0.105, y, -0.075), (0.118, y - 0.02, 0.03), (0.085, y - 0.035, 0.075), (0.02, y - 0.04, 0.088)],
                0.0055, weight=1.2 / n_ribs) for y in np.linspace(0.405, 0.27, n_ribs)]
    fan = np.linspace(-1, 1, n_rays) if n_rays > 1 else np.zeros(1)
    fingers = [rod([(0.745, 0.46, 0.024 * f), (0.835 - 0.012 * f * f, 0.458, 0.034 * f)], 0.006, weight=0.6 / n_rays) for f in fan]
    toes = [rod([(0.1 + 0.018 * f, -0.918, 0.02), (0.105 + 0.028 * f, -0.94, 0.15 - 0.012 * f * f)], 0.008, weight=0.8 / n_rays) for f in fan]
    return {
        0: {"midline": [blob((0, 0.015, -0.055), (0.045, 0.055, 0.02), weight=1.2)],
            "both": [rod([(0.05, 0.02, -0.055), (0.105, 0.035, -0.02), (0.11, 0.035, 0.035)], 0.016, flat=(1, 1.6), across=(1, 0, 0.1)),
                     bowl(hip + [0.002, -0.001, 0.001], neck_end - hip, 0.027, 0.006, 1.2, "hips", 1.2),
                     rod([(0.07, -0.105, 0.005), (0.045, -0.105, 0.035), (0.014, -0.085, 0.045)], 0.009, weight=0.5),
                     rod([(0.075, -0.11, -0.02), (0.06, -0.14, -0.04)], 0.012, weight=0.5)]},
        1: {"midline": [vertebrae((0, 0.09, -0.035), (0, 0.16, -0.032), 0.022), spinous(0.125, -0.045)]},
        2: {"midline": [vertebrae((0, 0.2, -0.038), (0, 0.285, -0.045), 0.02), spinous(0.24, -0.05)]},
        3: {"midline": [vertebrae((0, 0.32, -0.047), (0, 0.435, -0.045), 0.018), spinous(0.38, -0.055)]},
        4: {"midline": [vertebrae((0, 0.472, -0.036), (0, 0.57, -0.018), 0.014), spinous(0.505, -0.03)]},
        5: {"left": [rod([sternal + [0.003, 0.002, 0], sternal + [0.045, 0.008, 0.0], (0.115, 0.468, -0.005), (0.158, 0.482, -0.028)], 0.0065,
                         (STERNAL_BALL, 0.007), patches=("clavicle",)),
                     blob((0.095, 0.39, -0.08), (0.036, 0.052, 0.008), weight=1.2),
                     bowl(shoulder + [0.002, 0.001, 0], (1, -0.1, 0.25), 0.0265, 0.006, 1.0, "shoulder"),
                     rod([(0.08, 0.43, -0.078), (0.13, 0.438, -0.05)], 0.007, weight=0.4)]},
        7: {"midline": [rod([(0, 0.405, 0.068), (0, 0.27, 0.088)], 0.012, flat=(0.6, 1.5))],
            "both": ribs + [bowl(sternal, (1, 0.15, 0), 0.0125, 0.004, 1.1, "sternum", 0.5)]},
        8: {"midline": [blob((0, 0.675, 0.012), (0.06, 0.08, 0.078), weight=2.0),
                        rod([(0.045, 0.63, 0.02), (0.03, 0.598, 0.07), (-0.03, 0.598, 0.07), (-0.045, 0.63, 0.02)], 0.009, across=(0, 1.0, 0))]},
        9: {"left": [rod([shoulder, (0.29, 0.462, -0.035), elbow + [-0.001, 0, 0]], 0.0105, (SHOULDER_BALL, ELBOW_BALL),
                         patches=("humerus_P", "humerus_D"))]},
        11: {"left": [cupped([elbow + [0.003, 0, -0.001], wrist + [-0.008, 0, -0.013]], 0.019, 0.016, 0.0085, 0.009, 1.1, "ulna_P"),
                      rod([elbow + [0.026, 0.0, 0.022], wrist + [-0.008, 0, 0.013]], 0.008, 0.011)]},
        13: {"left": [rod([(0.695, 0.46, -0.0), (0.745, 0.46, 0.0)], 0.015, flat=(1.6, 0.8), across=(0, 0, 1.0))] + fingers},
        15: {"left": [rod([hip, neck_end, (0.116, -0.2, 0.006), knee + [0.0, 0.1, 0.0], knee], 0.0135, (HEAD, KNEE_BALL), across=(0, 0.3, 1.0),
                          patches=("femur_P", "femur_D"))]},
        16: {"left": [cupped([knee + [0.0, -0.004, 0.001], ankle + [0, 0.025, 0]], 0.03, 0.029, 0.0125, 0.017, 0.9, "tibia_P"),
                      rod([knee + [0.033, -0.05, -0.016], ankle + [0.028, 0.012, -0.006]], 0.0065, 0.01, weight=0.7)]},
        19: {"left": [blob((0.1, -0.918, -0.035), (0.024, 0.022, 0.04))] + toes},
    }


def cupped(p, r_cup, r_rim, r_shaft, r_end, angle, name):
    """A bar whose first end is hollow."""
    p = path(*p)
    across = (0, 0, 1.0) if abs(p[1, 2] - p[0, 2]) < 0.05 else (0, 1.0, 0)
    return dict(profile=surface.cupped_bar(length(p), r_cup, r_rim, r_shaft, r_end, angle), path=p, flat=(1, 1), across=across, weight=1.0,
                patches=(name,))


# body outline: capsules (from, to, radius at both), factor of depth z
OUTLINE_LEFT = [((0.0, -0.02, -0.01), (0.07, -0.03, -0.01), 0.115, 0.105, 1.0), ((0.0, 0.12, -0.005), (0.06, 0.12, -0.005), 0.1, 0.095, 1.05),
                ((0.0, 0.29, -0.005), (0.075, 0.28, -0.005), 0.11, 0.1, 1.0), ((0.0, 0.4, -0.015), (0.075, 0.4, -0.02), 0.105, 0.09, 1.0),
                ((0.03, 0.445, -0.015), (0.19, 0.46, -0.02), 0.06, 0.058, 1.0),
                ((0.0, 0.47, -0.02), (0.0, 0.6, 0.0), 0.06, 0.055, 1.0), ((0.0, 0.625, 0.035), (0.0, 0.69, 0.01), 0.065, 0.092, 1.0),
                ((0.095, -0.1, 0.0), (0.1, -0.46, 0.0), 0.087, 0.06, 1.0), ((0.1, -0.46, 0.0), (0.1, -0.6, -0.012), 0.057, 0.058, 1.0),
                ((0.1, -0.6, -0.012), (0.1, -0.88, -0.015), 0.057, 0.041, 1.0), ((0.1, -0.915, -0.035), (0.107, -0.932, 0.12), 0.047, 0.038, 1.0),
                ((0.1, -0.932, 0.03), (0.113, -0.94, 0.165), 0.044, 0.034, 1.0), ((0.19, 0.46, -0.02), (0.44, 0.46, -0.02), 0.055, 0.044, 1.0),
                ((0.44, 0.46, -0.02), (0.69, 0.46, -0.008), 0.045, 0.035, 1.0), ((0.7, 0.46, 0.0), (0.83, 0.459, 0.0), 0.036, 0.034, 0.7)]
BLEND = 0.016   # [m] how widely neighbouring capsules run into each other


def outline(points, grow=0.0):
    """Field of the body, negative inside: soft minimum of capsules, roughly the distance."""
    total = np.zeros(len(points))
    for a, b, ra, rb, depth in OUTLINE_LEFT:
        for side in (1, -1):
            scale = np.array([side, 1, depth])
            p, a1, b1 = points * scale, np.multiply(a, (1, 1, depth)), np.multiply(b, (1, 1, depth))
            t = np.clip((p - a1) @ (b1 - a1) / ((b1 - a1) @ (b1 - a1)), 0, 1)
            d = np.linalg.norm(p - a1 - t[:, None] * (b1 - a1), axis=1) - (ra + t * (rb - ra)) - grow
            total += np.exp(np.minimum(-d / BLEND, 60))
    return -BLEND * np.log(np.maximum(total, 1e-300))


def outline_density(points):
    """Relative vertices per length: thin parts have more, head, hands and feet most."""
    best, density = np.full(len(points), np.inf), np.ones(len(points))
    for a, b, ra, rb, _ in OUTLINE_LEFT:
        a, b = np.array(a), np.array(b)
        end = 1.6 if b[1] < -0.9 or b[1] > 0.65 or b[0] > 0.8 else 1.0
        t = np.clip((points - a) @ (b - a) / ((b - a) @ (b - a)), 0, 1)
        r = ra + t * (rb - ra)
        d = np.linalg.norm(points - a - t[:, None] * (b - a), axis=1) - r
        near = d < best
        best[near], density[near] = d[near], end * np.sqrt(0.1 / r[near])
    return density
