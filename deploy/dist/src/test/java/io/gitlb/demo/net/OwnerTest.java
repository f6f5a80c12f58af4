// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo.net;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class OwnerTest {

  @Test
  void aNameCarriesItsOwnerThereAndBack() {
    Owner self = Owner.self();
    assertEquals(Optional.of(self), Owner.inName(self.prefix()));
    assertEquals(Optional.of(self), Owner.inName(self.prefix() + "-x1y2-node-a"));
  }

  @Test
  void foreignNamesHaveNoOwner() {
    for (String name :
        new String[] {
          "", "gitlb", "gitlb-", "gitlb-x-1", "gitlb-12-AB", "gitlb-12-ab_c", "cni-12-ab"
        }) {
      assertEquals(Optional.empty(), Owner.inName(name), name);
    }
  }

  @Test
  void thisProcessRunsAndOneThatEndedDoesNot() throws IOException, InterruptedException {
    assertTrue(Owner.self().isRunning());
    Process process = new ProcessBuilder("sleep", "60").start();
    Owner owner = Owner.of(process.toHandle());
    assertTrue(owner.isRunning());
    process.destroyForcibly().waitFor();
    assertFalse(owner.isRunning());
  }

  @Test
  void whatHasEndedDoesNotRunThoughItsParentDoesNotLook() throws IOException {
    Process parent = new ProcessBuilder("sh", "-c", "sleep 60 & echo $!; exec sleep 60").start();
    try (BufferedReader said = parent.inputReader()) {
      ProcessHandle child =
          ProcessHandle.of(Long.parseLong(requireNonNull(said.readLine()))).orElseThrow();
      Owner owner = Owner.of(child);
      assertTrue(owner.isRunning());
      assertTrue(child.destroyForcibly());
      assertInstanceOf(
          Poll.Reached.class,
          Poll.until(Duration.ofSeconds(20), owner::isRunning, running -> !running));
      assertFalse(Owner.of(child).isRunning());
    } finally {
      parent.destroyForcibly();
    }
  }

  @Test
  void aLaterProcessWithTheSameIdIsNotTheOwner() {
    Owner self = Owner.self();
    assertFalse(new Owner(self.pid(), self.startTicks() - 1).isRunning());
  }
}
