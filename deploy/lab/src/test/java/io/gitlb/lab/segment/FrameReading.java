// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.demo.net.CommandResult;
import io.gitlb.demo.net.Host;
import io.gitlb.demo.net.Poll;
import io.gitlb.demo.net.RunningProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What passes by a host, captured by tcpdump and read by tshark: neither knows of speakers.
public final class FrameReading {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  /// A line of tshark's table of objections: how many, and what.
  private static final Pattern OBJECTION = Pattern.compile("\\s+\\d+\\s+(\\S+\\s+\\S.*)");

  private final Host host;
  private final Path file;

  /// Empty for a file that was written before.
  private final Optional<RunningProcess> capture;

  private FrameReading(Host host, Path file, Optional<RunningProcess> capture) {
    this.host = host;
    this.file = file;
    this.capture = capture;
  }

  /// Begins to write down what matches.
  ///
  /// @param file where to; it is readable all the time
  /// @param filter of tcpdump
  public static FrameReading start(Host host, Path file, String filter) {
    RunningProcess capture =
        host.start(
            "tcpdump",
            List.of(
                "tcpdump",
                "-Z",
                "root",
                "-U",
                "-B",
                "32768", // KiB in the kernel, in places of the size below each.
                "-s",
                "65535",
                "--immediate-mode",
                "-i",
                LabNode.LAN,
                "-w",
                file.toString(),
                filter),
            Map.of());
    if (Poll.until(LIMIT, capture::output, said -> said.contains("listening on"))
        instanceof Poll.TimedOut<?> _) {
      throw new IllegalStateException("tcpdump does not begin: " + capture.output());
    }
    return new FrameReading(host, file, Optional.of(capture));
  }

  /// Of a file that was written before.
  static FrameReading of(Host host, Path file) {
    return new FrameReading(host, file, Optional.empty());
  }

  /// Ends the capture.
  ///
  /// @throws IllegalStateException when the kernel had no room for some frames
  public void stop() {
    capture.ifPresent(FrameReading::stop);
  }

  private static void stop(RunningProcess capture) {
    capture.stop();
    if (!capture.output().contains("\n0 packets dropped by kernel")) {
      throw new IllegalStateException("tcpdump missed frames: " + capture.output());
    }
  }

  /// The frames that match.
  ///
  /// @param filter of tshark
  /// @param fields as tshark names them
  /// @return one list of values a frame, in the order of the fields: the first of each
  public List<List<String>> read(String filter, String... fields) {
    return read(filter, "f", fields);
  }

  /// The same with all values of each field, with commas between them.
  public List<List<String>> readAll(String filter, String... fields) {
    return read(filter, "a", fields);
  }

  private List<List<String>> read(String filter, String occurrence, String... fields) {
    List<String> options = new ArrayList<>(List.of("-Y", filter, "-T", "fields"));
    options.addAll(List.of("-E", "separator=/t", "-E", "occurrence=" + occurrence));
    Arrays.stream(fields).forEach(field -> options.addAll(List.of("-e", field)));
    return tshark(options)
        .lines()
        // It warns of running as root.
        .filter(line -> line.contains("\t"))
        .map(line -> List.of(line.split("\t", -1)))
        .toList();
  }

  /// What tshark has to say against the frames that match, from the severity "warning" on.
  ///
  /// @return its group, as `Malformed`, the protocol and what it says, one a kind, with a blank
  ///   between them
  public List<String> objections(String filter) {
    return tshark(List.of("-q", "-z", "expert,warn," + filter))
        .lines()
        .map(OBJECTION::matcher)
        .filter(Matcher::matches)
        .map(found -> found.group(1).replaceAll("\\s+", " "))
        .toList();
  }

  private String tshark(List<String> options) {
    List<String> command = new ArrayList<>(List.of("tshark", "-n", "-r", file.toString()));
    command.addAll(options);
    CommandResult result = host.exec(command.toArray(String[]::new));
    // The last frame of a capture that goes on may be half written: the others can be read.
    return result.output().contains("cut short") ? result.output() : result.orThrow();
  }
}
