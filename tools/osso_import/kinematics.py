"""
The kin_ arrays of a model archive: segments, joints and ranges for the parts of an imported skeleton.

Names, kinds of joints, degrees of freedom, axes and ranges are those of the built-in model (its kin_ arrays); where joints are and how
segments lie follows from the imported one. Its parts carry fewer segments:

  segment     part                    joint             what differs from the built-in model
  thorax      upper thoracic spine    thoracolumbar     the lower thoracic part moves with no segment of its own
  scapula     clavicle and scapula    sternoclavicular  one rigid girdle: each range is the wider one of the two joints that it replaces
  ulna        forearm                 elbow             radius and ulna are one part
  hand        hand                    wrist             three angles: pronation is seen at the hand only
  calcn       foot                    ankle             two angles, ankle and subtalar, about one centre; no toes

Directions of a limb are taken over from the T-pose of the skin by the rotation that fits the skin of a part's springs to its bone: thumbs
point forwards there, and elbows bend forwards.
"""
import numpy as np

from . import anatomy as who
from .problem import Problem
from .source_body import read_npz_arrays

BALL, UNIVERSAL = 1, 2
SEGMENT_FRAME, NEUTRAL_FRAME = 0, 1
X, Y, Z = 0, 1, 2
FORWARD, UP, RIGHT = np.array([0.0, 0, 1]), np.array([0.0, 1, 0]), np.array([-1.0, 0, 0])
N_EXTREME = 5  # vertices whose mean is an extreme point
EXTREME_SHARE = 10  # but at most one in ten
TABLES = ("kin_segment_name", "kin_joint_name", "kin_dof_name", "kin_joint_recipe", "kin_dof_translation", "kin_dof_axis", "kin_dof_range",
          "kin_dof_rest")
# segment, its parent, joint of the tables; what takes the place of the tables' kind, frames and coordinates
TRUNK = (("pelvis", None, "ground_pelvis"), ("lumbar", "pelvis", "lumbosacral"), ("thorax", "lumbar", "thoracolumbar"),
         ("neck", "thorax", "cervicothoracic"), ("head", "neck", "atlantooccipital"))
LIMB = (("scapula", "thorax", "sternoclavicular"), ("humerus", "scapula", "shoulder"), ("ulna", "humerus", "elbow"),
        ("hand", "ulna", "wrist"), ("femur", "pelvis", "hip"), ("tibia", "femur", "knee"), ("calcn", "tibia", "ankle"))
MERGED = {"wrist": (BALL, SEGMENT_FRAME, ("pro_sup", "wrist_flex", "wrist_dev")),
          "ankle": (UNIVERSAL, NEUTRAL_FRAME, ("ankle_angle", "subtalar_angle"))}
WIDER = {"clavicle_protraction": "scapula_protraction", "clavicle_elevation": "scapula_upward_rotation",
         "clavicle_rotation": "scapula_tilt"}


class Tables:
    """Joints and degrees of freedom of the built-in model."""

    def __init__(self, path):
        self.path = path
        self.array = read_npz_arrays(path, TABLES)
        for name in TABLES:
            if name not in self.array:
                raise Problem(f"{path}: {name}: missing; expected a built-in model of this program")
        self.joint = {str(n): i for i, n in enumerate(self.array["kin_joint_name"])}
        self.dof = {str(n): i for i, n in enumerate(self.array["kin_dof_name"])}
        count = self.array["kin_joint_recipe"][:, 4]
        self.first = np.concatenate([[0], np.cumsum(count)])

    def number(self, table, name):
        if name not in table:
            raise Problem(f"{self.path}: {name}: missing; expected a built-in model of this program")
        return table[name]

    def kind_and_frames(self, joint):
        return self.array["kin_joint_recipe"][self.number(self.joint, joint), 1:4].tolist()

    def dofs_of(self, joint):
        i = self.number(self.joint, joint)
        return [str(n) for n in self.array["kin_dof_name"][self.first[i] : self.first[i + 1]]]

    def range_of(self, dof, base, side):
        low, high = self.array["kin_dof_range"][self.number(self.dof, dof)]
        if base in WIDER:
            other = self.array["kin_dof_range"][self.number(self.dof, f"{WIDER[base]}_{side}")]
            low, high = min(low, other[0]), max(high, other[1])
        return low, high


def fitted_turn(skeleton, body, part):
    """Rotation from the T-pose of the skin to the template skeleton, of the springs of a part (Kabsch); identity where they show none."""
    skin, point = skeleton.springs
    mine = skeleton.part[point] == part
    x, y = body.template[skin[mine]], who.placed(skeleton)[point[mine]]
    if mine.sum() < 3:
        return np.eye(3)
    U, s, Vt = np.linalg.svd((y - y.mean(0)).T @ (x - x.mean(0)))
    if s[1] < 1e-6 * max(s[0], 1e-12):
        return np.eye(3)
    return U @ np.diag([1.0, 1.0, np.linalg.det(U @ Vt)]) @ Vt


class Recipes:
    """Point lists of one skeleton: where its joints are and which way its segments point."""

    def __init__(self, skeleton, body, anatomy, points):
        self.skeleton, self.body, self.anatomy, self.points = skeleton, body, anatomy, points
        self.place = points.vertex_mean + skeleton.translation[skeleton.part]
        self.shown = {}

    def sphere(self, name, side):
        return self.points.list(self.points.centre(who.patch(self.skeleton, name, side)))

    def patch(self, name, side):
        return self.points.list(who.patch(self.skeleton, name, side))

    def shared(self, a, b):
        """Interface points of two parts: on a, on b."""
        for edge, (first, second) in zip(self.skeleton.edges, self.skeleton.interface):
            if set(edge) == {a, b} and len(first):
                return (first, second) if edge == (a, b) else (second, first)
        names = self.skeleton.names
        raise Problem(f"skeleton_model.pkl: interfacePointsFromTo: expected points between {names[a]} and {names[b]}, found none")

    def meeting(self, a, b):
        return self.points.list(*self.shared(a, b))

    def end(self, part, neighbour):
        return self.points.list(self.shared(part, neighbour)[0])

    def middle(self, part):
        return self.towards(part, np.zeros(3))

    def towards(self, part, direction):
        key = (part,) + tuple(np.round(direction, 12))
        if key not in self.shown:
            self.shown[key] = self.points.list(self.points.towards(part, direction))
        return self.shown[key]

    def extreme(self, candidates, direction):
        """List of the outermost points in a direction of the template."""
        n = max(1, min(N_EXTREME, len(candidates) // EXTREME_SHARE))
        order = np.argsort(-(self.place[candidates] @ direction), kind="stable")
        return self.points.list(np.sort(candidates[order[:n]]))

    def vertices(self, part):
        return np.flatnonzero(self.skeleton.part == part)

    def line(self, lists):
        """Unit vector from one list to another in the template."""
        place = self.points.mean() + self.skeleton.translation[self.points.part]
        ends = [np.mean(place[self.points.lists[i]], axis=0) for i in lists]
        return (ends[1] - ends[0]) / np.linalg.norm(ends[1] - ends[0])

    def spine_ends(self, part):
        """Lower and upper end of a part of the spine."""
        spine = self.anatomy.spine
        i = spine.index(part)
        return self.end(part, spine[i - 1]), self.end(part, spine[i + 1])

    # a segment: part, origin, primary (from, to, axis), secondary (from, to, axis), distal

    def pelvis(self):
        part = self.anatomy.pelvis
        hips = [self.points.centre(who.patch(self.skeleton, "hips_", side)) for side in ("l", "r")]
        across = (self.points.list(hips[0]), self.points.list(hips[1]), Z)
        return part, self.points.list(hips), across, self.forward(part), -1

    def forward(self, part):
        return self.showing(part, FORWARD) + (X,)

    def vertebral(self, part):
        low, high = self.spine_ends(part)
        return part, self.middle(part), (low, high, Y), self.forward(part), high

    def head(self):
        part = self.anatomy.head
        across = self.showing(part, RIGHT) + (Z,)
        return part, self.middle(part), across, self.forward(part), self.extreme(self.vertices(part), UP)

    def scapula(self, side):
        part = self.anatomy.limb[side]["girdle"]
        medial, shoulder = self.patch("clavicle_", side), self.sphere("shoulder_", side)
        across = (medial, shoulder) if side == "r" else (shoulder, medial)
        return part, medial, across + (Z,), self.showing(part, UP) + (Y,), shoulder

    def joint_axis(self, bone, side, lateral):
        """
        Axis of elbow or knee from left to right: through the outermost points of the patch at the far end of a bone, made perpendicular
        to the bone, since a patch ends where its vertices are and not where the joint does. lateral: a direction of the T-pose.
        """
        patch = who.patch(self.skeleton, bone + "_D", side)
        outward = fitted_turn(self.skeleton, self.body, int(self.skeleton.part[patch[0]])) @ lateral
        across = self.line((self.extreme(patch, -outward), self.extreme(patch, outward)))
        along = self.line((self.sphere(bone + "_P", side), self.sphere(bone + "_D", side)))
        across -= along * (along @ across)
        return across / np.linalg.norm(across) * (1.0 if side == "r" else -1.0)

    def elbow_axis(self, side):
        return self.joint_axis("humerus", side, UP)  # lateral epicondyles point up in the T-pose

    def knee_axis(self, side):
        return self.joint_axis("femur", side, RIGHT if side == "r" else -RIGHT)

    def showing(self, part, direction):
        """Lists that a direction runs between."""
        return self.middle(part), self.towards(part, direction)

    def humerus(self, side):
        head, elbow = self.sphere("humerus_P", side), self.sphere("humerus_D", side)
        part = self.anatomy.limb[side]["humerus"]
        return part, head, (elbow, head, Y), self.showing(part, self.elbow_axis(side)) + (Z,), elbow

    def ulna(self, side):
        part, hand = self.anatomy.limb[side]["forearm"], self.anatomy.limb[side]["hand"]
        elbow, wrist = self.sphere("ulna_P", side), self.end(part, hand)
        return part, elbow, (wrist, elbow, Y), self.showing(part, self.elbow_axis(side)) + (Z,), wrist

    def hand(self, side):
        part, forearm = self.anatomy.limb[side]["hand"], self.anatomy.limb[side]["forearm"]
        wrist, thumb = self.end(part, forearm), fitted_turn(self.skeleton, self.body, part) @ FORWARD
        right = self.showing(part, thumb if side == "r" else -thumb) + (Z,)
        return part, wrist, (self.middle(part), wrist, Y), right, -1

    def femur(self, side):
        head, knee = self.sphere("femur_P", side), self.sphere("femur_D", side)
        part = self.anatomy.limb[side]["femur"]
        return part, head, (knee, head, Y), self.showing(part, self.knee_axis(side)) + (Z,), knee

    def tibia(self, side):
        part, foot = self.anatomy.limb[side]["tibia"], self.anatomy.limb[side]["foot"]
        ankle, knee = self.end(part, foot), self.patch("tibia_P", side)
        return part, ankle, (ankle, knee, Y), self.showing(part, self.knee_axis(side)) + (Z,), ankle

    def calcn(self, side):
        part = self.anatomy.limb[side]["foot"]
        turn = fitted_turn(self.skeleton, self.body, part)
        heel, toes = (self.extreme(self.vertices(part), d * turn @ FORWARD) for d in (-1.0, 1.0))
        return part, heel, (heel, toes, X), self.showing(part, turn @ RIGHT) + (Z,), -1

    def segment(self, name, side):
        a = self.anatomy
        if name in ("lumbar", "thorax", "neck"):
            return self.vertebral(getattr(a, name))
        return getattr(self, name)() if side is None else getattr(self, name)(side)

    def joint_centre(self, joint, side):
        a = self.anatomy
        limb = a.limb.get(side)
        if joint == "ground_pelvis":
            return self.pelvis()[1]
        if joint in ("shoulder", "elbow", "hip", "knee"):
            name = {"shoulder": "humerus_P", "elbow": "humerus_D", "hip": "femur_P", "knee": "femur_D"}[joint]
            return self.sphere(name, side)
        if joint == "sternoclavicular":
            return self.points.list(who.patch(self.skeleton, "sternum_", side), who.patch(self.skeleton, "clavicle_", side))
        if joint == "wrist":
            return self.meeting(limb["forearm"], limb["hand"])
        if joint == "ankle":
            return self.meeting(limb["tibia"], limb["foot"])
        level = {"lumbosacral": 0, "thoracolumbar": 1, "cervicothoracic": -3, "atlantooccipital": -2}[joint]
        return self.meeting(a.spine[level], a.spine[level + 1 or None])

    def axis(self, joint, side):
        """Ends of an anatomical axis, in the direction of the tables: elbows from left to right, knees from right to left."""
        if joint == "elbow":
            return self.showing(self.anatomy.limb[side]["humerus"], self.elbow_axis(side))
        if joint == "knee":
            return self.showing(self.anatomy.limb[side]["femur"], self.knee_axis(side))[::-1]
        return -1, -1


def rows_of(recipes, tables, row, side, number):
    """Segment row, joint row, coordinate names of one line of TRUNK or LIMB."""
    segment, parent, joint = row
    suffix = f"_{side}" if side else ""
    part, origin, first, second, distal = recipes.segment(segment, side)
    if joint in MERGED:
        kind, frame, dofs = MERGED[joint]
        kind_and_frames, dofs = [kind, frame, frame], [name + suffix for name in dofs]
    else:
        kind_and_frames, dofs = tables.kind_and_frames(joint + suffix), tables.dofs_of(joint + suffix)
    low, high = recipes.axis(joint, side)
    parent_number = -1 if parent is None else number.get(parent + suffix, number.get(parent))
    centre = recipes.joint_centre(joint, side)
    return ([part, origin, first[0], first[1], second[0], second[1], first[2], second[2], distal],
            [parent_number, *kind_and_frames, len(dofs), centre, low, -1, -1, high, -1, -1], dofs)


def kinematic_arrays(skeleton, body, anatomy, points, path):
    """path: archive of the built-in model."""
    tables, recipes = Tables(path), Recipes(skeleton, body, anatomy, points)
    lines = [(row, None) for row in TRUNK] + [(row, side) for side in who.SIDES for row in LIMB]
    number, segments, joints, joint_names, dofs = {}, [], [], [], []
    for row, side in lines:
        suffix = f"_{side}" if side else ""
        segment, joint, names = rows_of(recipes, tables, row, side, number)
        number[row[0] + suffix] = len(segments)
        segments.append(segment)
        joints.append(joint)
        joint_names.append(row[2] + suffix)
        dofs += [(name, side) for name in names]
    at = [tables.number(tables.dof, name) for name, _ in dofs]
    ranges = [tables.range_of(name, name.removesuffix(f"_{side}"), side) for name, side in dofs]
    return {
        "kin_segment_name": np.array(list(number)),
        "kin_joint_name": np.array(joint_names),
        "kin_dof_name": np.array([name for name, _ in dofs]),
        "kin_segment_recipe": np.array(segments, dtype=np.int32),
        "kin_segment_weight": np.ones(len(segments)),
        "kin_joint_recipe": np.array(joints, dtype=np.int32),
        "kin_dof_translation": tables.array["kin_dof_translation"][at].astype(np.uint8),
        "kin_dof_axis": tables.array["kin_dof_axis"][at],
        "kin_dof_range": np.array(ranges),
        "kin_dof_rest": tables.array["kin_dof_rest"][at],
    }
