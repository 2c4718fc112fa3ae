"""The skel_ arrays of a model archive (models/README.md, src/skeleton/published_model.h)."""
import numpy as np

from . import anatomy as who
from .points import per_part
from .skin import mirror_twins

# Weights of refined posing: those of the last call of the published schedule, which alone has no clavicle ligaments, times one factor
# that puts them on the scale of the built-in model, whose weights are 1 / sigma: 100 / m, a landmark may stray by 10 mm.
SCALE = 100.0  # [1/m]
SPRING, STITCH, LIGAMENT, BALL, LANDMARK = 0.05 * SCALE, 0.1 * SCALE, SCALE, 1.1 * SCALE, SCALE
COINCIDE = 1e-6  # [m] points of two parts that are one vertex of the mean skeleton
BALLS = (("femur_P", "hips_", 1), ("humerus_D", "ulna_P", 0), ("humerus_P", "shoulder_", 0), ("femur_D", "tibia_P", 0))
BALL_SIDES = ("l", "r")  # in the order of the reference program's residuals
CLAVICLE, KNEE = 0, 1
LEFT_RIGHT = (("_L", "_R"), ("_l", "_r"), ("Left", "Right"), ("left", "right"))


def other_side(name):
    """The name on the other side, or None."""
    for left, right in LEFT_RIGHT:
        for here, there in ((left, right), (right, left)):
            if name.endswith(here):
                return name[: -len(here)] + there
            if len(here) > 2 and name.startswith(here):
                return there + name[len(here) :]
    return None


def part_mirror(skeleton):
    """By names where each name of a side has its twin, else by the places of the parts."""
    names = skeleton.names
    twins = {name: other_side(name) for name in names}
    if any(twins.values()) and all(twin is None or twin in names for twin in twins.values()):
        return np.array([p if twins[name] is None else names.index(twins[name]) for p, name in enumerate(names)])
    return mirror_twins(per_part(who.placed(skeleton), skeleton.part, len(names)))


def part_arrays(skeleton, joints):
    n = len(skeleton.names)
    names = np.array(skeleton.names)
    return {
        "skel_part_name": names,
        "skel_bone_name": names,
        "skel_group_name": names,
        "skel_part_parent": skeleton.parent.astype(np.int32),
        "skel_part_group": np.arange(n, dtype=np.int32),
        "skel_part_joint": joints.astype(np.int32),
        "skel_part_mirror": part_mirror(skeleton).astype(np.int32),
        "skel_vertex_bone": skeleton.part.astype(np.int32),
        "skel_faces": skeleton.faces.astype(np.int32),
        "skel_rest_R": np.tile(np.eye(3).reshape(-1), (n, 1)),
        "skel_rest_t": skeleton.translation,
        "skel_mode_weight": np.ones(skeleton.regressor.shape[1]),
    }


def relation_arrays(skeleton):
    """Landmarks, springs, contacts."""
    row, column, value = skeleton.landmark_skin
    n = len(skeleton.landmark_point)
    skin, point = skeleton.springs
    contact_skin, contact_point, contact_weight = skeleton.contacts
    return {
        "skel_landmark_point": skeleton.landmark_point.astype(np.int32),
        "skel_landmark_skin_start": np.concatenate([[0], np.cumsum(np.bincount(row, minlength=n))]).astype(np.int32),
        "skel_landmark_skin": column.astype(np.int32),
        "skel_landmark_value": value,
        "skel_landmark_depth": np.zeros(n),
        "skel_landmark_weight": np.full(n, LANDMARK),
        "skel_landmark_tangential": np.ones(n),
        "skel_spring_point": point.astype(np.int32),
        "skel_spring_skin": skin.astype(np.int32),
        "skel_spring_weight": np.full(len(skin), SPRING),
        "skel_contact_point": contact_point.astype(np.int32),
        "skel_contact_skin": contact_skin.astype(np.int32),
        "skel_contact_weight": contact_weight,
    }


def stitch_arrays(skeleton, points, balls):
    """Interfaces in the order of the edges. In refined posing a ball joint takes the place of the stitches between its two parts."""
    a = np.concatenate([pair[0] for pair in skeleton.interface])
    b = np.concatenate([pair[1] for pair in skeleton.interface])
    edge = np.repeat(np.arange(len(skeleton.edges)), [len(pair[0]) for pair in skeleton.interface])
    placed = points.vertex_mean + skeleton.translation[skeleton.part]
    meet = np.linalg.norm(placed[a] - placed[b], axis=1) <= COINCIDE
    joined = np.array([set(pair) in balls for pair in skeleton.edges], dtype=bool)[edge]
    return {
        "skel_stitch_a": a.astype(np.int32),
        "skel_stitch_b": b.astype(np.int32),
        "skel_stitch_edge": edge.astype(np.int32),
        "skel_stitch_weight_infer": np.where(meet, STITCH, 0.0),
        "skel_stitch_weight_pose": np.where(joined, 0.0, STITCH),
        "skel_stitch_keep_offset": np.ones(len(edge), dtype=np.int32),
    }


def ligament_arrays(skeleton):
    pairs = np.concatenate([skeleton.clavicle, skeleton.knee])
    group = np.repeat([CLAVICLE, KNEE], [len(skeleton.clavicle), len(skeleton.knee)])
    return {
        "skel_ligament_a": pairs[:, 0].astype(np.int32),
        "skel_ligament_b": pairs[:, 1].astype(np.int32),
        "skel_ligament_group": group.astype(np.int32),
        "skel_ligament_weight": np.full(len(pairs), LIGAMENT),
    }


def ball_arrays(skeleton, points):
    """Ball joints, and the pairs of parts that they join."""
    lists, coincide, pairs = [], [], []
    for first, second, meets in BALLS:
        for side in BALL_SIDES:
            patches = [who.patch(skeleton, name, side) for name in (first, second)]
            lists.append([points.list(patch) for patch in patches])
            pairs.append({int(skeleton.part[patch[0]]) for patch in patches})
            coincide.append(meets)
    arrays = {
        "skel_ball_list": np.array(lists, dtype=np.int32),
        "skel_ball_coincide": np.array(coincide, dtype=np.int32),
        "skel_ball_weight": np.full(len(lists), BALL),
    }
    return arrays, pairs


def gap_arrays(skeleton, points):
    """Centres that should coincide: right and left hip, right and left shoulder."""
    pairs = [(name, ball, side) for name, ball in (("hips_", "femur_P"), ("shoulder_", "humerus_P")) for side in who.SIDES]
    gaps = [[points.centre(who.patch(skeleton, name, side)) for name in (socket, ball)] for socket, ball, side in pairs]
    return {"skel_gap": np.array(gaps, dtype=np.int32)}


def rotation(vector):
    """Matrix of a rotation vector."""
    angle = np.linalg.norm(vector)
    if angle == 0.0:
        return np.eye(3)
    x, y, z = vector / angle
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + np.sin(angle) * cross + (1.0 - np.cos(angle)) * cross @ cross


def pose_arrays(skeleton):
    vectors = np.concatenate([np.zeros((1, 3)), skeleton.lying])
    return {
        "skel_lying_vector": vectors,
        "skel_lying_R": np.stack([rotation(v).reshape(-1) for v in vectors]),
        "skel_shape_regressor": skeleton.regressor,
    }


def puppet_arrays(skeleton, points, joints):
    """All but those of the points, which the kinematics may add to."""
    balls, pairs = ball_arrays(skeleton, points)
    arrays = part_arrays(skeleton, joints)
    arrays.update(relation_arrays(skeleton))
    arrays.update(stitch_arrays(skeleton, points, pairs))
    arrays.update(ligament_arrays(skeleton))
    arrays.update(balls)
    arrays.update(gap_arrays(skeleton, points))
    arrays.update(pose_arrays(skeleton))
    arrays["skel_coupling_part"] = np.zeros((0, 3), dtype=np.int32)
    arrays["skel_coupling_point"] = np.zeros((0, 5), dtype=np.int32)
    arrays["skel_coupling_ratio"] = np.zeros(0)
    return arrays
