// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo;

import io.gitlb.demo.net.RunningProcess;
import io.gitlb.demo.net.Sandbox;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// The demo, from top to bottom.
final class Demo {

  /// Whether to use real interfaces.
  enum Wire {
    IF_POSSIBLE,
    LEFT_OUT
  }

  /// What to do when the three Services are served.
  enum Then {
    STOP,
    GO_ON
  }

  /// The namespace of the demo's Services.
  static final String NAMESPACE = "demo";

  private final Story story;
  private final Distribution distribution;
  private final Wire wire;

  Demo(Story story, Distribution distribution, Wire wire) {
    this.story = story;
    this.distribution = distribution;
    this.wire = wire;
  }

  /// Runs it.
  ///
  /// @return whether every Service got its address, its record and its announcement
  boolean run(Then then) {
    story.line(
        "GitLB demo: a cluster with two nodes, its Git host and its network, all on this machine.");
    story.line("Everything in it is temporary. Ctrl-C stops it and removes it.");
    List<String> swept = Sandbox.sweep();
    if (!swept.isEmpty()) {
      story.line("Removed what a killed demo had left: " + String.join(", ", swept) + ".");
    }
    try (Sandbox sandbox = Sandbox.open()) {
      // Closed last: what it says is then true.
      sandbox.closeLater(() -> story.end("Everything was stopped and removed."));
      try {
        return show(sandbox, then);
      } catch (Installation.StartFailure failure) {
        story.section("The demo cannot go on: " + failure.getMessage());
        return false;
      } finally {
        story.line("");
      }
    } catch (Sandbox.ClosedException interrupted) {
      return false;
    }
  }

  private boolean show(Sandbox sandbox, Then then) {
    story.section("Setting up");
    DemoNetwork network =
        switch (wire) {
          case IF_POSSIBLE -> DemoNetwork.build(sandbox);
          case LEFT_OUT -> DemoNetwork.onLoopback(sandbox, List.of("--loopback was given"));
        };
    tell(network);
    Installation installation =
        new Installation(sandbox, distribution, network.nodes(), configuration(network), Map.of());
    SortedMap<String, RunningProcess> programs = start(installation, network);

    story.section("Creating three Services");
    boolean served = new Act(story, installation, network).play();

    story.section("The ledger in Git: git log " + Installation.LEDGER_BRANCH);
    story.log(installation.remote().log(Installation.LEDGER_BRANCH));
    story.section(
        served
            ? "All three Services have their address, their record in Git and their announcement."
            : "Not all Services are served; the programs' logs are in " + sandbox.logs() + ".");
    if (then == Then.GO_ON) {
      new Follow(story, sandbox, installation, network, programs).run();
    }
    return served;
  }

  private void tell(DemoNetwork network) {
    switch (network) {
      case DemoNetwork.OnTheWire _ ->
          story.fact(
              "network",
              "node-a 10.77.0.11, node-b 10.77.0.12, client 10.77.0.200: namespaces on one bridge",
              "router " + DemoNetwork.ROUTER_ADDRESS + ": FRR, AS 64513");
      case DemoNetwork.OnLoopback(var _, List<String> reasons) -> {
        story.fact("left out", "the wire: no ARP answers, no router");
        reasons.forEach(reason -> story.fact("", reason));
        story.fact("", "all else is real; as root, './gitlb test' installs the packages");
      }
    }
  }

  private SortedMap<String, RunningProcess> start(Installation installation, DemoNetwork network) {
    story.fact("Git remote", installation.remote().url(), "branch main, made from examples-repo/");
    SortedMap<String, RunningProcess> programs = new TreeMap<>();
    programs.put("apiserver", installation.startApiServer());
    installation.user().createNamespace(NAMESPACE);
    story.fact(
        "API server",
        "a stand-in, in memory; try it with",
        "export KUBECONFIG=" + installation.kubeconfig());
    for (DemoNode node : network.nodes()) {
      programs.put("speaker " + node.name(), installation.startSpeaker(node.name()));
      story.fact("speaker", node.name() + " at " + node.listen() + ", mutual TLS");
    }
    programs.put("reconciler", installation.startReconciler());
    story.fact("reconciler", "cluster " + Installation.CLUSTER + ", follows branch main");
    return programs;
  }

  /// The example repository, with its router's address changed where there is no such router:
  /// nothing of the demo may knock at a machine of the user's own network.
  private SortedMap<String, String> configuration(DemoNetwork network) {
    SortedMap<String, String> files = distribution.exampleRepository();
    return switch (network) {
      case DemoNetwork.OnTheWire _ -> files;
      case DemoNetwork.OnLoopback _ -> {
        SortedMap<String, String> changed = new TreeMap<>();
        files.forEach(
            (path, text) ->
                changed.put(
                    path,
                    text.replace(
                        "peerAddress: " + DemoNetwork.ROUTER_ADDRESS + "\n",
                        "peerAddress: 127.0.0.1\n")));
        yield changed;
      }
    };
  }
}
