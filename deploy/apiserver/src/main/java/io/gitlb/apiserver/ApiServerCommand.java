// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `gitlb apiserver`: runs the stand-in as a process of its own, for the demo and the lab. Writes
/// the kubeconfig once it serves, says so in one line, and runs until it is ended.
@Command(
    name = "apiserver",
    hidden = true,
    mixinStandardHelpOptions = true,
    description = "Runs a small Kubernetes API server in memory, for the demo and for tests.")
public final class ApiServerCommand implements Callable<Integer> {

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:0",
      description = "Address to serve on; port 0 takes a free one. Default: ${DEFAULT-VALUE}.")
  private String listen = "";

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      required = true,
      description = "Where to write the kubeconfig once it serves.")
  private Path kubeconfig = Path.of("kubeconfig");

  @Option(
      names = "--san",
      paramLabel = "NAME",
      split = ",",
      description = "Further names or addresses that the certificate is for.")
  private List<String> names = new ArrayList<>();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    int colon = listen.lastIndexOf(':');
    String host = colon < 0 ? "" : listen.substring(0, colon).replaceAll("^\\[|\\]$", "");
    String port = listen.substring(colon + 1);
    if (host.isEmpty() || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65535) {
      throw new ParameterException(
          spec.commandLine(),
          "--listen: found '%s', allowed is HOST:PORT such as 127.0.0.1:6443".formatted(listen));
    }
    ApiServerSettings settings =
        ApiServerSettings.onLoopback()
            .withListen(host, Integer.parseInt(port))
            .withMoreNames(new HashSet<>(names));
    try (ApiServer server = ApiServer.start(settings)) {
      server.writeKubeconfig(kubeconfig);
      PrintWriter out = spec.commandLine().getOut();
      out.println("API server on " + server.url() + ", kubeconfig in " + kubeconfig);
      out.flush();
      new CountDownLatch(1).await();
    }
    return 0;
  }
}
