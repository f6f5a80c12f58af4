// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.apiserver.ApiServer;
import io.gitlb.apiserver.ApiServerSettings;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterSnapshotTest {

  @TempDir Path temp;

  /// Secrets that are refused keep nobody, so it is not they that are named.
  @Test
  void whoMayNotReadNodesIsToldSoAndNothingElse() throws InterruptedException {
    try (ApiServer server = ApiServer.start(ApiServerSettings.onLoopback())) {
      Path kubeconfig = temp.resolve("kubeconfig");
      server.writeKubeconfig(kubeconfig);
      server.faults().refuse("nodes", 403);
      server.faults().refuse("secrets", 403);
      for (int i = 0; i < 3; i++) {
        String why =
            assertInstanceOf(
                    ClusterSnapshot.Reading.Unseen.class,
                    ClusterSnapshot.read(
                        kubeconfig, List.of(), List.of("gitlb"), InstantSource.system()))
                .why();
        assertTrue(why.startsWith("GLB3003 cannot watch Nodes: "), why);
      }
    }
  }
}
