/**
 * Where the boxes and arrows of a script's drawing are, in pixels. Levels are rows, from the start
 * downwards. Arrows leave their box at the bottom, side by side, each with its label, and arrive
 * at the top: straight to the row below, else around, in the lanes between and beside the boxes.
 */

export const BOX = { width: 224, height: 62 };
const GAP = { x: 56, y: 108 };
const MARGIN = 28;
/** How far below a box an arrow ends that leads to the end. */
const END = 50;
const LANE = 14;
const LABEL_SIZE = 24;

/**
 * @param {Object} graph - `nodes` and `edges` as `crm.campaign.script._draw` gives them
 * @returns {Object} `width`, `height`; `boxes`: the nodes with `x`, `y`, `lines`; `arrows` with
 *     `key`, `path` (SVG), `label` and `title` (short and whole), `x`, `y` (of the label), `isEnd`
 */
export function drawScript({ nodes, edges }) {
    const widest = Math.max(1, ...nodes.map(({ rank }) => rank + 1));
    const levels = Math.max(1, ...nodes.map(({ level }) => level + 1));
    const inner = widest * (BOX.width + GAP.x) - GAP.x;
    const boxes = nodes.map((node) => {
        const count = nodes.filter(({ level }) => level === node.level).length;
        const row = count * (BOX.width + GAP.x) - GAP.x;
        return {
            ...node,
            x: MARGIN + (inner - row) / 2 + node.rank * (BOX.width + GAP.x),
            y: MARGIN + node.level * (BOX.height + GAP.y),
            lines: breakText(node.text),
        };
    });
    const byKey = Object.fromEntries(boxes.map((box) => [box.key, box]));
    const arrows = boxes.flatMap((box) => drawArrows(box, edges, byKey));
    // Arrows that lead back up go round on the right, each in a lane of its own.
    let lane = MARGIN + inner + LANE;
    for (const [rank, arrow] of arrows.filter(({ points }) => points).entries()) {
        if (arrow.isUp) {
            lane += LANE;
        }
        arrow.path = joinPoints(arrow.points(lane, rank));
    }
    return {
        width: lane + MARGIN,
        height: levels * (BOX.height + GAP.y) + 2 * MARGIN - (GAP.y - END),
        boxes,
        arrows,
    };
}

/** Breaks a text into two lines at most, that fit into a box. */
export function breakText(text, size = 29) {
    const words = text.split(" ");
    const lines = [""];
    for (const word of words) {
        const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
        if (longer.length <= size || !lines.at(-1)) {
            lines[lines.length - 1] = longer;
        } else {
            lines.push(word);
        }
    }
    const shown = lines.slice(0, 2).map((line) => shorten(line, size));
    if (lines.length > 2) {
        shown[1] = shorten(`${lines[1]}……`, Math.min(size, lines[1].length + 1));
    }
    return shown;
}

function shorten(text, size) {
    return text.length > size ? `${text.slice(0, size - 1)}…` : text;
}

/** Puts the arrows of a box side by side; those to the same box are one, with all labels. */
function drawArrows(box, edges, byKey) {
    const labels = new Map();
    for (const { source, target, label } of edges) {
        if (source === box.key) {
            labels.set(target, [...(labels.get(target) || []), label]);
        }
    }
    const targets = [...labels.keys()].sort((one, other) => place(one) - place(other));
    function place(target) {
        return target === false ? Infinity : byKey[target].x;
    }
    return targets.map((target, index) => ({
        key: `${box.key}-${target}`,
        label: shorten(labels.get(target).join(" · "), LABEL_SIZE),
        title: labels.get(target).join(" · "),
        ...drawArrow(box, byKey[target], (index + 1) / (targets.length + 1), index),
    }));
}

/**
 * @param {Object} [to] - box it leads to; none = the end
 * @param {number} share - where it leaves, along the bottom of its box: from 0 to 1
 * @param {number} index - among the arrows of the box: labels of neighbours are not side by side
 */
function drawArrow(from, to, share, index) {
    const x = from.x + BOX.width * share;
    const y = from.y + BOX.height;
    const label = { x, y: y + 16 + 16 * (index % 2) };
    if (!to) {
        return { ...label, path: `M${x} ${y} V${y + END}`, isEnd: true, endX: x, endY: y + END };
    }
    const top = { x: to.x + BOX.width * (0.3 + 0.4 * share), y: to.y - 2 };
    if (to.level > from.level) {
        const middle = (y + top.y) / 2 + 14;
        const curve = `C${x} ${middle} ${top.x} ${middle} ${top.x} ${top.y}`;
        return { ...label, path: `M${x} ${y} ${curve}` };
    }
    const isUp = to.level < from.level;
    const beside = to.x > from.x ? to.x - GAP.x / 2 : to.x + BOX.width + GAP.x / 2;
    return {
        ...label,
        isUp,
        points: (lane, rank) => {
            // Beside each other, not one on the other.
            const turn = isUp ? lane : beside + 6 * ((rank % 5) - 2);
            const below = y + 40 + 5 * (rank % 5);
            const above = to.y - 14 - 4 * (rank % 5);
            return [
                [x, y],
                [x, below],
                [turn, below],
                [turn, above],
                [top.x, above],
                [top.x, top.y],
            ];
        },
    };
}

/** Joins points by lines with round corners. */
function joinPoints(points, radius = 8) {
    const parts = [`M${points[0].join(" ")}`];
    for (let index = 1; index < points.length - 1; index++) {
        const corner = points[index];
        const before = moveTowards(corner, points[index - 1], radius);
        const after = moveTowards(corner, points[index + 1], radius);
        parts.push(`L${before.join(" ")} Q${corner.join(" ")} ${after.join(" ")}`);
    }
    return `${parts.join(" ")} L${points.at(-1).join(" ")}`;
}

function moveTowards([x, y], [otherX, otherY], distance) {
    const length = Math.hypot(otherX - x, otherY - y) || 1;
    const share = Math.min(distance, length / 2) / length;
    return [x + (otherX - x) * share, y + (otherY - y) * share];
}
