// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// An immutable map in the order of its keys, of which every change makes a new version that shares
/// all but a few nodes with the one before it.
///
/// So whole sets can cross a seam and the other side can still work in proportion to what changed:
/// a change costs O(log n), and [#changesSince] finds the c entries in which two versions of one
/// map differ in O(c log n), because it passes over what they share.
///
/// A weight-balanced tree (Adams, "Efficient sets: a balancing act", 1993) with the balance
/// parameters 3 and 2 that Hirai and Yamamoto proved sound (2011).
public final class SnapshotMap<K extends Comparable<? super K>, V> extends AbstractMap<K, V> {

  /// A side may be this many times heavier than the other.
  private static final int BALANCE = 3;

  /// A single rotation suffices while the inner grandchild is less than this many times the outer.
  private static final int ROTATION = 2;

  private final @Nullable Node<K, V> root;

  private SnapshotMap(@Nullable Node<K, V> root) {
    this.root = root;
  }

  /// One entry and what is below and above it.
  private static final class Node<K, V> implements Map.Entry<K, V> {
    private final K key;
    private final V value;
    private final @Nullable Node<K, V> left;
    private final @Nullable Node<K, V> right;
    private final int size;

    Node(K key, V value, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
      this.key = key;
      this.value = value;
      this.left = left;
      this.right = right;
      this.size = 1 + size(left) + size(right);
    }

    @Override
    public K getKey() {
      return key;
    }

    @Override
    public V getValue() {
      return value;
    }

    @Override
    public V setValue(V other) {
      throw new UnsupportedOperationException("immutable");
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Map.Entry<?, ?> entry
          && key.equals(entry.getKey())
          && value.equals(entry.getValue());
    }

    @Override
    public int hashCode() {
      return key.hashCode() ^ value.hashCode();
    }

    @Override
    public String toString() {
      return key + "=" + value;
    }
  }

  /// One key whose value differs between two versions; at least one of the values is there.
  public record Change<K, V>(K key, Optional<V> before, Optional<V> after) {}

  /// No entry.
  public static <K extends Comparable<? super K>, V> SnapshotMap<K, V> empty() {
    return new SnapshotMap<>(null);
  }

  /// The entries of another map; the map itself when it is one of these already.
  public static <K extends Comparable<? super K>, V> SnapshotMap<K, V> copyOf(
      Map<? extends K, ? extends V> map) {
    if (map instanceof SnapshotMap<?, ?> snapshot) {
      @SuppressWarnings("unchecked") // Immutable, so a map of subtypes is a map of the types.
      SnapshotMap<K, V> same = (SnapshotMap<K, V>) snapshot;
      return same;
    }
    List<Map.Entry<K, V>> sorted = List.copyOf(new TreeMap<K, V>(map).entrySet());
    return new SnapshotMap<>(balanced(sorted, 0, sorted.size()));
  }

  private static <K, V> @Nullable Node<K, V> balanced(
      List<Map.Entry<K, V>> sorted, int from, int to) {
    if (from == to) {
      return null;
    }
    int middle = (from + to) >>> 1;
    Map.Entry<K, V> entry = sorted.get(middle);
    return new Node<>(
        entry.getKey(),
        entry.getValue(),
        balanced(sorted, from, middle),
        balanced(sorted, middle + 1, to));
  }

  /// The map with this value under the key; the same map when it has that very value already.
  public SnapshotMap<K, V> with(K key, V value) {
    Node<K, V> next = insert(root, key, value);
    return isSame(next, root) ? this : new SnapshotMap<>(next);
  }

  /// The map without the key; the same map when it does not have it.
  public SnapshotMap<K, V> without(K key) {
    Node<K, V> next = remove(root, key);
    return isSame(next, root) ? this : new SnapshotMap<>(next);
  }

  /// The value under the key.
  public Optional<V> find(K key) {
    Node<K, V> node = node(key);
    return node == null ? Optional.empty() : Optional.of(node.value);
  }

  private @Nullable Node<K, V> node(K key) {
    Node<K, V> node = root;
    while (node != null) {
      int order = key.compareTo(node.key);
      if (order == 0) {
        return node;
      }
      node = order < 0 ? node.left : node.right;
    }
    return null;
  }

  @Override
  @SuppressWarnings("unchecked") // A key of another type is a mistake that compareTo tells.
  public @Nullable V get(@Nullable Object key) {
    Node<K, V> node = key == null ? null : node((K) key);
    return node == null ? null : node.value;
  }

  @Override
  @SuppressWarnings("unchecked")
  public boolean containsKey(@Nullable Object key) {
    return key != null && node((K) key) != null;
  }

  @Override
  public int size() {
    return size(root);
  }

  /// The lowest entry.
  public Optional<Map.Entry<K, V>> first() {
    Iterator<Map.Entry<K, V>> entries = entrySet().iterator();
    return entries.hasNext() ? Optional.of(entries.next()) : Optional.empty();
  }

  /// The entries whose keys are not lower than `key`, ascending.
  public Iterable<Map.Entry<K, V>> from(K key) {
    return () -> new Ascending<>(root, key);
  }

  @Override
  public Set<Map.Entry<K, V>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public Iterator<Map.Entry<K, V>> iterator() {
        return new Ascending<>(root, null);
      }

      @Override
      public int size() {
        return SnapshotMap.this.size();
      }
    };
  }

  /// What differs from another version, ascending by key.
  public List<Change<K, V>> changesSince(SnapshotMap<K, V> before) {
    List<Change<K, V>> changes = new ArrayList<>();
    compare(before.root, root, changes);
    return changes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (other == this) {
      return true;
    }
    if (!(other instanceof SnapshotMap<?, ?> map)) {
      return super.equals(other);
    }
    try {
      @SuppressWarnings("unchecked") // Keys of another type cannot be compared with ours.
      SnapshotMap<K, V> same = (SnapshotMap<K, V>) map;
      return isEqual(same.root, root);
    } catch (ClassCastException _) {
      return false;
    }
  }

  /// Passes over what both share, and ends with the first difference.
  private static <K extends Comparable<? super K>, V> boolean isEqual(
      @Nullable Node<K, V> before, @Nullable Node<K, V> after) {
    if (isSame(before, after)) {
      return true;
    }
    if (before == null || size(before) != size(after)) {
      return false;
    }
    Optional<V> now = new SnapshotMap<>(after).find(before.key);
    return now.isPresent()
        && (isSame(now.get(), before.value) || now.get().equals(before.value))
        && isEqual(before.left, below(after, before.key))
        && isEqual(before.right, above(after, before.key));
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }

  private static int size(@Nullable Node<?, ?> node) {
    return node == null ? 0 : node.size;
  }

  /// Identity is meant: what two versions share is known by it.
  @SuppressWarnings("ReferenceEquality")
  private static boolean isSame(@Nullable Object a, @Nullable Object b) {
    return a == b;
  }

  private static <K extends Comparable<? super K>, V> Node<K, V> insert(
      @Nullable Node<K, V> node, K key, V value) {
    if (node == null) {
      return new Node<>(key, value, null, null);
    }
    int order = key.compareTo(node.key);
    if (order < 0) {
      Node<K, V> left = insert(node.left, key, value);
      return isSame(left, node.left) ? node : balance(node, left, node.right);
    }
    if (order > 0) {
      Node<K, V> right = insert(node.right, key, value);
      return isSame(right, node.right) ? node : balance(node, node.left, right);
    }
    return isSame(value, node.value) ? node : new Node<>(node.key, value, node.left, node.right);
  }

  private static <K extends Comparable<? super K>, V> @Nullable Node<K, V> remove(
      @Nullable Node<K, V> node, K key) {
    if (node == null) {
      return null;
    }
    int order = key.compareTo(node.key);
    if (order < 0) {
      Node<K, V> left = remove(node.left, key);
      return isSame(left, node.left) ? node : balance(node, left, node.right);
    }
    if (order > 0) {
      Node<K, V> right = remove(node.right, key);
      return isSame(right, node.right) ? node : balance(node, node.left, right);
    }
    return joined(node.left, node.right);
  }

  /// Both sides of a node that goes: the nearest entry of the heavier one takes its place.
  private static <K, V> @Nullable Node<K, V> joined(
      @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
    if (left == null) {
      return right;
    }
    if (right == null) {
      return left;
    }
    if (left.size > right.size) {
      return balance(highest(left), withoutHighest(left), right);
    }
    return balance(lowest(right), left, withoutLowest(right));
  }

  private static <K, V> Node<K, V> lowest(Node<K, V> node) {
    return node.left == null ? node : lowest(node.left);
  }

  private static <K, V> Node<K, V> highest(Node<K, V> node) {
    return node.right == null ? node : highest(node.right);
  }

  private static <K, V> @Nullable Node<K, V> withoutLowest(Node<K, V> node) {
    return node.left == null ? node.right : balance(node, withoutLowest(node.left), node.right);
  }

  private static <K, V> @Nullable Node<K, V> withoutHighest(Node<K, V> node) {
    return node.right == null ? node.left : balance(node, node.left, withoutHighest(node.right));
  }

  /// The entry of `middle` over two sides that were in balance before one entry came or went.
  private static <K, V> Node<K, V> balance(
      Node<K, V> middle, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
    if (size(left) + size(right) > 1) {
      if (right != null && right.size > BALANCE * size(left)) {
        return rotateLeft(middle, left, right);
      }
      if (left != null && left.size > BALANCE * size(right)) {
        return rotateRight(middle, left, right);
      }
    }
    return over(middle, left, right);
  }

  private static <K, V> Node<K, V> rotateLeft(
      Node<K, V> middle, @Nullable Node<K, V> left, Node<K, V> right) {
    Node<K, V> inner = right.left;
    return inner == null || inner.size < ROTATION * size(right.right)
        ? over(right, over(middle, left, inner), right.right)
        : over(inner, over(middle, left, inner.left), over(right, inner.right, right.right));
  }

  private static <K, V> Node<K, V> rotateRight(
      Node<K, V> middle, Node<K, V> left, @Nullable Node<K, V> right) {
    Node<K, V> inner = left.right;
    return inner == null || inner.size < ROTATION * size(left.left)
        ? over(left, left.left, over(middle, inner, right))
        : over(inner, over(left, left.left, inner.left), over(middle, inner.right, right));
  }

  private static <K, V> Node<K, V> over(
      Node<K, V> entry, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
    return new Node<>(entry.key, entry.value, left, right);
  }

  private static <K extends Comparable<? super K>, V> void compare(
      @Nullable Node<K, V> before, @Nullable Node<K, V> after, List<Change<K, V>> changes) {
    if (isSame(before, after)) {
      return;
    }
    if (before == null) {
      new Ascending<>(after, null)
          .forEachRemaining(
              added ->
                  changes.add(
                      new Change<>(
                          added.getKey(), Optional.empty(), Optional.of(added.getValue()))));
      return;
    }
    compare(before.left, below(after, before.key), changes);
    Optional<V> now = new SnapshotMap<>(after).find(before.key);
    if (now.isEmpty() || !(isSame(now.get(), before.value) || now.get().equals(before.value))) {
      changes.add(new Change<>(before.key, Optional.of(before.value), now));
    }
    compare(before.right, above(after, before.key), changes);
  }

  /// What is lower than the key: shares all it can, without care for balance.
  private static <K extends Comparable<? super K>, V> @Nullable Node<K, V> below(
      @Nullable Node<K, V> node, K key) {
    if (node == null) {
      return null;
    }
    int order = node.key.compareTo(key);
    if (order >= 0) {
      return order == 0 ? node.left : below(node.left, key);
    }
    Node<K, V> right = below(node.right, key);
    return isSame(right, node.right) ? node : over(node, node.left, right);
  }

  /// What is higher than the key.
  private static <K extends Comparable<? super K>, V> @Nullable Node<K, V> above(
      @Nullable Node<K, V> node, K key) {
    if (node == null) {
      return null;
    }
    int order = node.key.compareTo(key);
    if (order <= 0) {
      return order == 0 ? node.right : above(node.right, key);
    }
    Node<K, V> left = above(node.left, key);
    return isSame(left, node.left) ? node : over(node, left, node.right);
  }

  /// From the lowest entry, or the lowest that is not below a key, upwards.
  private static final class Ascending<K extends Comparable<? super K>, V>
      implements Iterator<Map.Entry<K, V>> {

    /// The nodes whose turn comes after what is below them, the next one on top.
    private final Deque<Node<K, V>> path = new ArrayDeque<>();

    Ascending(@Nullable Node<K, V> root, @Nullable K from) {
      Node<K, V> node = root;
      while (node != null) {
        boolean tooLow = from != null && node.key.compareTo(from) < 0;
        if (!tooLow) {
          path.push(node);
        }
        node = tooLow ? node.right : node.left;
      }
    }

    @Override
    public boolean hasNext() {
      return !path.isEmpty();
    }

    @Override
    public Map.Entry<K, V> next() {
      if (path.isEmpty()) {
        throw new NoSuchElementException();
      }
      Node<K, V> found = path.pop();
      for (Node<K, V> node = found.right; node != null; node = node.left) {
        path.push(node);
      }
      return found;
    }
  }
}
