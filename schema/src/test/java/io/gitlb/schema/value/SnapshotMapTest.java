// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.value;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.value.SnapshotMap.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class SnapshotMapTest {

  private static final int ROUNDS = 20 * Integer.getInteger("gitlb.random.rounds", 1);

  @Test
  void aChangeLeavesTheVersionBeforeItAsItWas() {
    SnapshotMap<String, Integer> one = SnapshotMap.<String, Integer>empty().with("a", 1);

    SnapshotMap<String, Integer> two = one.with("a", 2).with("b", 3);

    assertEquals(Map.of("a", 1), one);
    assertEquals(Map.of("a", 2, "b", 3), two);
    assertEquals(Map.of("b", 3), two.without("a"));
  }

  @Test
  void whatChangesNothingIsTheSameVersion() {
    String value = "x";
    SnapshotMap<String, String> map = SnapshotMap.<String, String>empty().with("a", value);

    assertSame(map, map.with("a", value));
    assertSame(map, map.without("b"));
    assertSame(map, SnapshotMap.copyOf(map));
  }

  @Test
  void differencesOfOneEntryAreFoundInALargeMap() {
    SnapshotMap<Integer, String> before = numbers(100_000);

    SnapshotMap<Integer, String> after = before.with(40_000, "new").without(70_000).with(-1, "low");

    assertEquals(
        List.of(
            new Change<>(-1, Optional.empty(), Optional.of("low")),
            new Change<>(40_000, Optional.of("40000"), Optional.of("new")),
            new Change<>(70_000, Optional.of("70000"), Optional.empty())),
        after.changesSince(before));
  }

  @Test
  void mapsOfTheSameEntriesAreEqualHoweverTheyCameAbout() {
    SnapshotMap<Integer, String> map = numbers(1000);
    SnapshotMap<Integer, String> detour = map.without(7).with(7, "7").with(8, "x").with(8, "8");
    assertEquals(map, detour);
    assertEquals(map.hashCode(), detour.hashCode());
    assertNotEquals(map, map.with(7, "x"));
    assertNotEquals(map, map.without(7));
    assertNotEquals(map, map.without(7).with(-7, "7"));
    assertNotEquals(map, SnapshotMap.<String, String>empty().with("a", "b"));
    assertEquals(SnapshotMap.<Integer, String>empty(), SnapshotMap.<String, String>empty());
    assertEquals(
        SnapshotMap.<IpAddress, String>empty().with(IpAddress.of("::1"), "six"),
        Map.of(IpAddress.of("::1"), "six"));
  }

  @Test
  void entriesFromAKeyUp() {
    List<Integer> keys = new ArrayList<>();
    numbers(10).from(7).forEach(entry -> keys.add(entry.getKey()));

    assertEquals(List.of(7, 8, 9), keys);
  }

  @Test
  void behavesLikeATreeMapThroughRandomChanges() {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = 4711L + round;
      compareWithTreeMap(new Random(seed), "seed " + seed);
    }
  }

  private static void compareWithTreeMap(Random random, String seed) {
    SnapshotMap<Integer, Integer> map = SnapshotMap.empty();
    TreeMap<Integer, Integer> model = new TreeMap<>();
    SnapshotMap<Integer, Integer> remembered = map;
    TreeMap<Integer, Integer> rememberedModel = new TreeMap<>();
    for (int step = 0; step < 2_000; step++) {
      int key = random.nextInt(300);
      if (random.nextInt(3) == 0) {
        map = map.without(key);
        model.remove(key);
      } else {
        int value = random.nextInt(4);
        map = map.with(key, value);
        model.put(key, value);
      }
      if (random.nextInt(50) == 0) {
        assertEquals(
            changes(rememberedModel, model), map.changesSince(remembered), seed + " step " + step);
        remembered = map;
        rememberedModel = new TreeMap<>(model);
      }
    }
    assertEquals(List.copyOf(model.entrySet()), List.copyOf(map.entrySet()), seed);
    assertEquals(model.size(), map.size(), seed);
    for (int key = 0; key < 300; key++) {
      assertEquals(Optional.ofNullable(model.get(key)), map.find(key), seed);
    }
  }

  private static List<Change<Integer, Integer>> changes(
      Map<Integer, Integer> before, Map<Integer, Integer> after) {
    TreeSet<Integer> keys = new TreeSet<>(before.keySet());
    keys.addAll(after.keySet());
    return keys.stream()
        .map(
            key ->
                new Change<>(
                    key, Optional.ofNullable(before.get(key)), Optional.ofNullable(after.get(key))))
        .filter(change -> !change.before().equals(change.after()))
        .toList();
  }

  /// A tree that degenerates overflows the stack long before this size.
  @Test
  void staysBalancedWhenFilledInOrderAndEmptiedFromOneEnd() {
    SnapshotMap<Integer, String> map = SnapshotMap.empty();
    for (int i = 0; i < 200_000; i++) {
      map = map.with(i, "x");
    }
    for (int i = 0; i < 199_999; i++) {
      map = map.without(i);
    }
    assertEquals(Map.of(199_999, "x"), map);
    assertTrue(map.first().isPresent());
  }

  private static SnapshotMap<Integer, String> numbers(int count) {
    Map<Integer, String> numbers = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      numbers.put(i, Integer.toString(i));
    }
    return SnapshotMap.copyOf(numbers);
  }
}
