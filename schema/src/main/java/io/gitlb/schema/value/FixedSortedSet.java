// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

import java.util.AbstractSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A set in natural order that never changes, as a sorted list: a third of the memory of a tree for
/// the sets of one or two that come with every address. A copy of one is itself.
///
/// @param <E> what is in it, which does not change either
@SuppressWarnings(
    "JdkObsolete") // A navigable set has twelve methods more, which nobody here calls.
public final class FixedSortedSet<E extends Comparable<? super E>> extends AbstractSet<E>
    implements SortedSet<E> {

  private final List<E> sorted;

  private FixedSortedSet(List<E> sorted) {
    this.sorted = sorted;
  }

  /// What is in a collection, each once.
  public static <E extends Comparable<? super E>> SortedSet<E> copyOf(
      Collection<? extends E> elements) {
    if (elements instanceof FixedSortedSet<?>) {
      @SuppressWarnings("unchecked") // it never changes, so it holds nothing but elements of E
      FixedSortedSet<E> same = (FixedSortedSet<E>) elements;
      return same;
    }
    return new FixedSortedSet<>(List.copyOf(new TreeSet<E>(elements)));
  }

  @Override
  public Iterator<E> iterator() {
    return sorted.iterator();
  }

  @Override
  public int size() {
    return sorted.size();
  }

  @Override
  @SuppressWarnings("unchecked") // Of another type it is a mistake that compareTo tells.
  public boolean contains(@Nullable Object wanted) {
    return wanted != null && Collections.binarySearch(sorted, (E) wanted) >= 0;
  }

  @Override
  public @Nullable Comparator<? super E> comparator() {
    return null;
  }

  @Override
  public E first() {
    return sorted.getFirst();
  }

  @Override
  public E last() {
    return sorted.getLast();
  }

  @Override
  public SortedSet<E> subSet(E from, E to) {
    return tree().subSet(from, to);
  }

  @Override
  public SortedSet<E> headSet(E to) {
    return tree().headSet(to);
  }

  @Override
  public SortedSet<E> tailSet(E from) {
    return tree().tailSet(from);
  }

  private SortedSet<E> tree() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(sorted));
  }
}
