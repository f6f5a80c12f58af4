// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo.git;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BareRepositoryTest {

  @TempDir Path directory;

  @Test
  void theFirstCommitHoldsTheFiles() {
    TreeMap<String, String> files = new TreeMap<>();
    files.put("clusters/demo/pools.yaml", "kind: IPAddressPool\n");
    files.put("README.md", "An example.\n");

    try (BareRepository remote = BareRepository.create(directory.resolve("config.git"), files)) {
      assertEquals(files, remote.files(BareRepository.CONFIG_BRANCH));
      assertTrue(remote.url().startsWith("file:///"), remote.url());
    }
  }

  @Test
  void aFurtherCommitStandsOnTheFirstAndReplacesTheTree() {
    TreeMap<String, String> files = new TreeMap<>();
    files.put("a.yaml", "1\n");
    try (BareRepository remote = BareRepository.create(directory.resolve("config.git"), files)) {
      files.put("a.yaml", "2\n");

      String id = remote.commit("Change a\n\nAddress: 192.0.2.1\nAction: allocate", files);

      assertEquals(files, remote.files(BareRepository.CONFIG_BRANCH));
      List<LogEntry> log = remote.log(BareRepository.CONFIG_BRANCH);
      assertEquals(
          List.of("Change a", "Start from the example repository"),
          log.stream().map(LogEntry::subject).toList());
      assertTrue(id.startsWith(log.getFirst().id()));
      assertEquals(List.of("192.0.2.1"), log.getFirst().values("Address"));
    }
  }

  @Test
  void aBranchThatIsNotThereIsEmpty() {
    try (BareRepository remote =
        BareRepository.create(directory.resolve("config.git"), new TreeMap<>())) {
      assertEquals(List.of(), remote.log("allocations/demo"));
      assertEquals(new TreeMap<>(), remote.files("allocations/demo"));
    }
  }
}
