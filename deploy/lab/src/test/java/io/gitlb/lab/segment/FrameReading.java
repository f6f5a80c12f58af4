// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.Poll;
import io.gitlb.demo.net.RunningProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// What passes by a host, captured by tcpdump and read by tshark: neither knows of speakers.
public final class FrameReading {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final Host host;
  private final Path file;
  private final RunningProcess capture;

  private FrameReading(Host host, Path file, RunningProcess capture) {
    this.host = host;
    this.file = file;
    this.capture = capture;
  }

  /// Begins to write down all ARP and ICMPv6.
  ///
  /// @param file where to
  public static FrameReading start(Host host, Path file) {
    RunningProcess capture =
        host.start(
            "tcpdump",
            List.of(
                "tcpdump",
                "-Z",
                "root",
                "-U",
                "-B",
                "8192",
                "-i",
                LabNode.LAN,
                "-w",
                file.toString(),
                "arp or icmp6"),
            Map.of());
    if (Poll.until(LIMIT, capture::output, said -> said.contains("listening on"))
        instanceof Poll.TimedOut<?> _) {
      throw new IllegalStateException("tcpdump does not begin: " + capture.output());
    }
    return new FrameReading(host, file, capture);
  }

  /// Ends the capture.
  ///
  /// @throws IllegalStateException when the kernel had no room for some frames
  public void stop() {
    capture.stop();
    if (!capture.output().contains("\n0 packets dropped by kernel")) {
      throw new IllegalStateException("tcpdump missed frames: " + capture.output());
    }
  }

  /// The frames that match.
  ///
  /// @param filter of tshark
  /// @param fields as tshark names them
  /// @return one list of values a frame, in the order of the fields
  public List<List<String>> read(String filter, String... fields) {
    List<String> command = new ArrayList<>(List.of("tshark", "-n", "-r", file.toString()));
    command.addAll(
        List.of("-Y", filter, "-T", "fields", "-E", "separator=;", "-E", "occurrence=f"));
    Arrays.stream(fields).forEach(field -> command.addAll(List.of("-e", field)));
    return host.exec(command.toArray(String[]::new))
        .orThrow()
        .lines()
        // It warns of running as root.
        .filter(line -> line.contains(";"))
        .map(line -> List.of(line.split(";", -1)))
        .toList();
  }
}
