package io.embedmta.queue;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A binary heap whose nodes know their slot, so that any node is removed or moved in logarithmic
 * time. A node is in one heap at most. Not thread-safe.
 */
final class IndexedHeap<N extends IndexedHeap.Node<N>> {
    private @Nullable Object[] nodes = new Object[1];
    private int size;

    /** What a heap holds; its order must not change while it is in one, but for {@link #moved}. */
    abstract static class Node<N> {
        int slot = -1;

        /** Whether this one comes out before the other. */
        abstract boolean isBefore(N other);
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** The first node. The heap must not be empty. */
    N first() {
        return at(0);
    }

    boolean contains(N node) {
        return node.slot >= 0 && node.slot < size && nodes[node.slot] == node;
    }

    /** Shows the nodes in no certain order; the heap must not change meanwhile. */
    void forEach(Consumer<N> each) {
        for (int slot = 0; slot < size; slot++) {
            each.accept(at(slot));
        }
    }

    void add(N node) {
        if (size == nodes.length) {
            nodes = Arrays.copyOf(nodes, size + (size >> 1) + 1);
        }
        size++;
        rise(node, size - 1);
    }

    void remove(N node) {
        int hole = node.slot;
        node.slot = -1;
        size--;
        N last = at(size);
        nodes[size] = null;
        if (last != node) {
            put(last, hole);
            moved(last);
        }
    }

    /** Finds the place of a node whose order has changed. */
    void moved(N node) {
        rise(node, node.slot);
        sink(node, node.slot);
    }

    private void rise(N node, int from) {
        int slot = from;
        while (slot > 0 && node.isBefore(at((slot - 1) / 2))) {
            put(at((slot - 1) / 2), slot);
            slot = (slot - 1) / 2;
        }
        put(node, slot);
    }

    private void sink(N node, int from) {
        int slot = from;
        for (int child = firstChild(slot); child < size; child = firstChild(slot)) {
            if (!at(child).isBefore(node)) {
                break;
            }
            put(at(child), slot);
            slot = child;
        }
        put(node, slot);
    }

    /** The child that comes out before its sibling; beyond the size if there is none. */
    private int firstChild(int slot) {
        int left = 2 * slot + 1;
        return left + 1 < size && at(left + 1).isBefore(at(left)) ? left + 1 : left;
    }

    @SuppressWarnings({
        "unchecked",
        "NullAway"
    }) // Only nodes get in; slots below the size are full.
    private N at(int slot) {
        return (N) nodes[slot];
    }

    private void put(N node, int slot) {
        nodes[slot] = node;
        node.slot = slot;
    }
}
