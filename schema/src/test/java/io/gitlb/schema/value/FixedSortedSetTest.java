// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class FixedSortedSetTest {

  private final SortedSet<String> set = FixedSortedSet.copyOf(List.of("b", "c", "a", "b"));

  @Test
  void isWhatATreeWithTheSameElementsIs() {
    TreeSet<String> tree = new TreeSet<>(List.of("a", "b", "c"));
    assertEquals(tree, set);
    assertEquals(set, tree);
    assertEquals(tree.hashCode(), set.hashCode());
    assertEquals(tree.toString(), set.toString());
    assertEquals(List.of("a", "b", "c"), new ArrayList<>(set));
    assertEquals(3, set.size());
    assertEquals("a", set.first());
    assertEquals("c", set.last());
    assertEquals(tree.headSet("b"), set.headSet("b"));
    assertEquals(tree.tailSet("b"), set.tailSet("b"));
    assertEquals(tree.subSet("a", "c"), set.subSet("a", "c"));
    assertTrue(set.contains("b"));
    assertFalse(set.contains("d"));
    assertEquals(tree, new TreeSet<>(set));
  }

  @Test
  void neverChanges() {
    assertThrows(UnsupportedOperationException.class, () -> set.add("d"));
    assertThrows(UnsupportedOperationException.class, () -> set.remove("a"));
    assertThrows(UnsupportedOperationException.class, () -> set.clear());
    assertThrows(UnsupportedOperationException.class, () -> set.headSet("c").clear());
  }

  @Test
  void aCopyIsItself() {
    assertSame(set, FixedSortedSet.copyOf(set));
    assertEquals(new TreeSet<String>(), FixedSortedSet.copyOf(List.<String>of()));
  }
}
