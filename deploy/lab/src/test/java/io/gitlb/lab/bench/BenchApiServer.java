// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.bench;

import io.gitlb.apiserver.ApiServer;
import io.gitlb.apiserver.ApiServerSettings;
import io.gitlb.apiserver.rules.PortRange;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// The API server stand-in as a process of its own, with node ports for more Services than a
/// cluster usually has. Answers every line on its input with the number of API writes so far, and
/// ends with its input.
final class BenchApiServer {

  private static final PortRange NODE_PORTS = new PortRange(10_000, 65_535);

  /// A watch that is 10,000 Services behind does not have to begin anew.
  private static final int HISTORY = 30_000;

  private BenchApiServer() {}

  /// @param arguments where to write the kubeconfig
  public static void main(String[] arguments) throws IOException {
    ApiServerSettings settings =
        ApiServerSettings.onLoopback().withNodePorts(NODE_PORTS).withHistoryLimit(HISTORY);
    try (ApiServer server = ApiServer.start(settings);
        BufferedReader input =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      server.writeKubeconfig(Path.of(arguments[0]));
      System.out.println(ChildProcess.READY);
      while (input.readLine() != null) {
        System.out.println(server.requestCounts().writes());
      }
    }
  }
}
