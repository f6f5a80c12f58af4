// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd.session;

import io.gitlb.schema.value.NodeName;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;

/// The liveness sessions of one node as a process of its own, for tests in namespaces and for
/// measuring: `KEYFILE|-` and then `INTERFACE LOCAL REMOTE` for each session. Prints each change as
/// `STATE REMOTE DIAGNOSTIC`, and every second `cpu MILLIS heap KILOBYTES drops COUNTS`.
final class LivenessPeer {

  private LivenessPeer() {}

  static void main(String[] arguments) throws Exception {
    LivenessKeys keys =
        arguments[0].equals("-") ? LivenessKeys.none() : LivenessKeys.ofFile(Path.of(arguments[0]));
    SortedSet<LivenessTarget> targets = new TreeSet<>();
    for (int i = 1; i < arguments.length; i += 3) {
      targets.add(
          new LivenessTarget(
              new NodeName("node" + i),
              arguments[i],
              InetAddress.ofLiteral(arguments[i + 1]),
              InetAddress.ofLiteral(arguments[i + 2])));
    }
    try (LivenessSessions sessions =
        LivenessSessions.open(
            keys,
            (target, state, diagnostic) ->
                System.out.println(
                    state + " " + target.remote().getHostAddress() + " " + diagnostic))) {
      sessions.apply(targets);
      while (true) {
        Thread.sleep(1_000);
        tell(sessions);
      }
    }
  }

  private static void tell(LivenessSessions sessions) {
    long nanos =
        ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    var drops = sessions.drops();
    drops.values().removeIf(count -> count == 0);
    System.out.println("cpu " + nanos / 1_000_000 + " heap " + heap / 1_024 + " drops " + drops);
  }
}
