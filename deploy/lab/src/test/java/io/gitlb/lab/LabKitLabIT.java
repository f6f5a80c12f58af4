// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.Frr;
import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.RunningProcess;
import io.gitlb.demo.net.Sandbox;
import io.gitlb.demo.net.Segment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// The kit itself: what every other lab test stands on.
@NeedsLab
final class LabKitLabIT {

  /// Two routers need a few seconds to agree on a session.
  private static final Duration SESSION_LIMIT = Duration.ofSeconds(30);

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void frrAndBirdPeerWithEachOtherAndTheRouteReachesTheKernel() {
    Host left = lab.host("left");
    Host right = lab.host("right");
    Segment segment = lab.segment("lan");
    segment.attach(left, "eth0", "192.0.2.1/24");
    segment.attach(right, "eth0", "192.0.2.2/24");
    Frr frr =
        Frr.start(
            lab.sandbox(),
            left,
            """
            hostname left
            router bgp 64512
             bgp router-id 192.0.2.1
             no bgp ebgp-requires-policy
             neighbor 192.0.2.2 remote-as 64513
             neighbor 192.0.2.2 timers 3 9
            """);
    Bird bird =
        Bird.start(
            lab.sandbox(),
            right,
            """
            router id 192.0.2.2;
            protocol device {}
            protocol static { ipv4; route 198.51.100.7/32 blackhole; }
            protocol bgp left {
              local 192.0.2.2 as 64513;
              neighbor 192.0.2.1 as 64512;
              ipv4 { import all; export all; };
            }
            """);

    Await.until(
        "FRR has BIRD's route in the kernel",
        SESSION_LIMIT,
        () -> left.kernelRoute("198.51.100.7/32").orElse("none"),
        route -> route.contains("via 192.0.2.2"));

    assertTrue(
        bird.show("show protocols left").contains("Established"),
        () -> bird.show("show protocols"));
    assertTrue(
        frr.show("show bgp ipv4 unicast 198.51.100.7/32").contains("192.0.2.2 from 192.0.2.2"),
        () -> frr.show("show bgp summary"));
  }

  @Test
  void arpingIsAnsweredWithTheMacOfTheHostThatHasTheAddress() {
    Host client = lab.host("client");
    Host server = lab.host("server");
    Segment segment = lab.segment("lan");
    segment.attach(client, "eth0", "192.0.2.1/24");
    segment.attach(server, "eth0", "192.0.2.2/24");

    assertEquals(List.of(server.mac("eth0")), client.arping("eth0", "192.0.2.2", 1));
    assertEquals(List.of(), client.arping("eth0", "192.0.2.99", 1));
  }

  @Test
  void twoHostsThatAnswerForOneAddressAreBothSeen() {
    Host client = lab.host("client");
    Segment segment = lab.segment("lan");
    segment.attach(client, "eth0", "192.0.2.1/24");
    for (String name : List.of("first", "second")) {
      segment.attach(lab.host(name), "eth0", "192.0.2.2/24");
    }

    assertEquals(2, client.arping("eth0", "192.0.2.2", 2).stream().distinct().count());
  }

  @Test
  void theDistributionRunsInANamespace() {
    Host host = lab.host("node");

    RunningProcess version = GitlbProcess.start(host, "version", List.of("version"));

    assertTrue(version.await(Duration.ofSeconds(20)), version::output);
    assertTrue(version.output().startsWith("gitlb "), version::output);
  }

  @Test
  void nothingIsLeftWhenASandboxIsClosed() {
    Sandbox inner = Sandbox.open();
    Host router = inner.host("router");
    inner.segment("lan").attach(router, "eth0", "192.0.2.1/24");
    Frr.start(inner, router, "hostname router\n");
    RunningProcess sleeper = router.start("sleeper", List.of("sleep", "600"), Map.of());
    assertFalse(Traces.of(inner.prefix()).isEmpty());

    inner.close();

    assertEquals(List.of(), Traces.of(inner.prefix()));
    assertFalse(sleeper.isRunning());
  }

  @Test
  void aRouterThatIsClosedIsGoneSoThatAnotherCanHaveItsPorts() {
    Host router = lab.host("router");
    Frr frr = Frr.start(lab.sandbox(), router, "hostname router\n");
    List<ProcessHandle> daemons =
        lab.sandbox()
            .machine()
            .exec("ip", "netns", "pids", router.namespace().orElseThrow())
            .orThrow()
            .lines()
            .map(Long::valueOf)
            .flatMap(pid -> ProcessHandle.of(pid).stream())
            .toList();
    assertEquals(3, daemons.size());

    frr.close();

    // One that has ended and that nobody has looked after yet runs no program.
    assertEquals(
        List.of(), daemons.stream().filter(one -> one.info().command().isPresent()).toList());
  }

  @Test
  void whatAKilledRunLeftIsSweptAndARunningNeighbourIsNot() {
    RunningProcess killed = startKilledRun("killed");
    String killedPrefix = readyPrefix(killed);
    RunningProcess neighbour = startKilledRun("neighbour");
    String neighbourPrefix = readyPrefix(neighbour);
    killed.kill();
    List<String> left = Traces.of(killedPrefix);
    assertTrue(left.size() >= 4, left::toString);
    List<String> neighbours = Traces.of(neighbourPrefix);

    List<String> removed = Sandbox.sweep();

    assertEquals(List.of(), Traces.of(killedPrefix), removed::toString);
    assertEquals(neighbours, Traces.of(neighbourPrefix));
    neighbour.kill();
    Sandbox.sweep();
    assertEquals(List.of(), Traces.of(neighbourPrefix));
  }

  private RunningProcess startKilledRun(String name) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return lab.sandbox()
        .machine()
        .start(
            name,
            List.of(
                java,
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                KilledRun.class.getName()),
            Map.of());
  }

  private static String readyPrefix(RunningProcess run) {
    return Await.until(
            "the run has built its lab",
            SESSION_LIMIT,
            run::output,
            output -> output.contains(KilledRun.READY))
        .strip()
        .substring(KilledRun.READY.length());
  }
}
