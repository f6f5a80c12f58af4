// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LoadBalancerClassesTest {

  private final List<String> problems = new ArrayList<>();

  private Set<String> parse(String... texts) {
    return LoadBalancerClasses.parse(List.of(texts), problems::add).names();
  }

  @Test
  void withoutOneOnlyServicesWithoutAClassAreOurs() {
    assertEquals(LoadBalancerClasses.UNCLASSED.names(), parse());
    assertTrue(LoadBalancerClasses.UNCLASSED.include(null));
    assertFalse(LoadBalancerClasses.UNCLASSED.include("example.com/a"));
  }

  @Test
  void severalMayBeGivenAtOnceOrOneByOne() {
    Set<String> three = Set.of("a", "example.com/B_2", "internal.v1");
    assertEquals(three, parse("a, example.com/B_2,internal.v1"));
    assertEquals(three, parse("a", "example.com/B_2,internal.v1"));
    assertEquals(List.of(), problems);
  }

  @Test
  void theEmptyNameStandsForServicesWithoutAClass() {
    assertEquals(Set.of(""), parse(""));
    assertEquals(Set.of("", "a"), parse("a,"));
    assertEquals(Set.of("", "a"), parse("", "a"));
    assertEquals(List.of(), problems);
  }

  @Test
  void duplicatesAreProblems() {
    parse("a,b", "a", ",", "");
    assertEquals(
        List.of(
            "--load-balancer-class has 'a' twice",
            "--load-balancer-class has the empty name, for Services without a class, twice",
            "--load-balancer-class has the empty name, for Services without a class, twice"),
        problems);
  }

  @Test
  void namesThatNoServiceCouldHaveAreProblems() {
    List<String> wrong =
        List.of("-a", "a-", "a/b/c", "/a", "a/", "Example.com/a", "a b", "ä", "a".repeat(64));
    for (String name : wrong) {
      problems.clear();
      assertEquals(Set.of(), parse(name), name);
      assertEquals(1, problems.size(), name);
      assertTrue(problems.getFirst().contains("'" + name + "'"), problems::toString);
    }
  }
}
