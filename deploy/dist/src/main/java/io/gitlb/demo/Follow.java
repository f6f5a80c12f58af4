// SPDX-License-Identifier: Apache-2.0
package io.gitlb.demo;

import io.gitlb.demo.git.LogEntry;
import io.gitlb.demo.net.RunningProcess;
import io.gitlb.demo.net.Sandbox;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/// The demo's second half: the user plays, and the demo tells what changes. It also plays the parts
/// of the cluster that are not there: pods become ready, and a program that dies is started again.
final class Follow {

  private static final Duration LOOK_EVERY = Duration.ofMillis(300);
  private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");

  private final Story story;
  private final Sandbox sandbox;
  private final Installation installation;
  private final DemoNetwork network;

  /// Name → the process that runs it now.
  private final SortedMap<String, RunningProcess> programs;

  Follow(
      Story story,
      Sandbox sandbox,
      Installation installation,
      DemoNetwork network,
      SortedMap<String, RunningProcess> programs) {
    this.story = story;
    this.sandbox = sandbox;
    this.installation = installation;
    this.network = network;
    this.programs = new TreeMap<>(programs);
  }

  /// Prints what there is to try, then follows until the process is ended.
  void run() {
    hints();
    sandbox.closeLater(() -> story.hush("\nStopping."));
    Seen seen = see();
    while (!sandbox.isClosing()) {
      LockSupport.parkNanos(LOOK_EVERY.toNanos());
      installation.user().makePodsReady(network.nodes().stream().map(DemoNode::name).toList());
      Seen now = see();
      tellChanges(seen, now);
      seen = now;
      if (!restartTheDead()) {
        return;
      }
    }
  }

  /// One look.
  ///
  /// @param facts sentences that are true now
  /// @param ledger the remote's ledger branch, newest first
  private record Seen(SortedSet<String> facts, List<LogEntry> ledger) {}

  private Seen see() {
    return new Seen(facts(), installation.remote().log(Installation.LEDGER_BRANCH));
  }

  private void tellChanges(Seen before, Seen now) {
    before.facts().stream()
        .filter(fact -> !now.facts().contains(fact))
        .forEach(fact -> tell("-", fact));
    now.facts().stream()
        .filter(fact -> !before.facts().contains(fact))
        .forEach(fact -> tell("+", fact));
    int newCommits = Math.max(0, now.ledger().size() - before.ledger().size());
    now.ledger()
        .subList(0, newCommits)
        .reversed()
        .forEach(entry -> tell("*", "ledger " + entry.id() + "  " + entry.subject()));
  }

  private void hints() {
    String kubectl = "kubectl -n " + Demo.NAMESPACE;
    story.section("Now try it, in another terminal; this one tells what changes");
    story.fact("first", "export KUBECONFIG=" + installation.kubeconfig());
    story.fact("look", kubectl + " get services");
    story.fact("a Service", kubectl + " create service loadbalancer more --tcp=80:8080");
    story.fact("", kubectl + " delete service more");
    story.fact("a pool", "git clone " + installation.remote().url() + " my-config");
    story.fact("", "edit clusters/demo/pools.yaml, then git commit -a and git push");
    story.fact(
        "the ledger",
        "git -C " + installation.remote().directory() + " log " + Installation.LEDGER_BRANCH);
    programs.forEach(
        (name, process) -> {
          if (name.startsWith("speaker")) {
            story.fact(
                "kill", "kill -9 " + process.pid() + "   (" + name + "; it is started again)");
          }
        });
    if (network instanceof DemoNetwork.OnTheWire wired) {
      String client = wired.client().namespace().orElseThrow();
      String router = wired.router().host().namespace().orElseThrow();
      story.fact("ARP", "ip netns exec " + client + " arping -I eth0 10.77.0.110");
      story.fact("BGP", "vtysh -N " + router + " -c 'show bgp summary'");
    }
    story.fact("logs", sandbox.logs().toString());
    story.line("");
  }

  private SortedSet<String> facts() {
    SortedSet<String> facts = new TreeSet<>();
    installation
        .user()
        .loadBalancers()
        .forEach(
            (service, addresses) ->
                facts.add(
                    service
                        + (addresses.isEmpty()
                            ? " has no address"
                            : " has " + String.join(", ", addresses))));
    installation
        .speakers()
        .forEach(
            (node, status) ->
                status.announcements().stream()
                    .filter(announcement -> announcement.state() == AnnouncementState.ANNOUNCED)
                    .forEach(
                        announcement -> facts.add(node + " announces " + announcement.address())));
    programs.forEach((name, process) -> facts.add(name + " runs as process " + process.pid()));
    return facts;
  }

  /// The API server keeps everything in memory, so without it the demo is over.
  ///
  /// @return whether the demo can go on
  private boolean restartTheDead() {
    for (String name : new ArrayList<>(programs.keySet())) {
      RunningProcess process = java.util.Objects.requireNonNull(programs.get(name));
      if (process.isRunning()) {
        continue;
      }
      if (name.equals("apiserver")) {
        story.line("The API server ended, and with it this cluster.");
        return false;
      }
      programs.put(
          name,
          name.equals("reconciler")
              ? installation.startReconciler()
              : installation.startSpeaker(new NodeName(name.substring("speaker ".length()))));
    }
    return true;
  }

  private void tell(String mark, String what) {
    story.line(
        LocalTime.now(java.time.ZoneId.systemDefault()).format(CLOCK) + " " + mark + " " + what);
  }
}
