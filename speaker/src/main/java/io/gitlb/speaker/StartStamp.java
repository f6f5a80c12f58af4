// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.speaker.ownership.Start;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A small file that says when this speaker ran last, and on which boot of the kernel: what tells a
/// restart from a return after an absence. Written each few seconds, not forced to the disk: after
/// a power loss it is another boot anyway.
final class StartStamp {

  private static final Logger LOG = LoggerFactory.getLogger(StartStamp.class);

  /// How often the file is written.
  static final Duration INTERVAL = Duration.ofSeconds(5);

  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private final Path file;
  private final String bootId;

  /// @param directory where the file is; made when missing
  StartStamp(Path directory) {
    this(directory, readBootId());
  }

  StartStamp(Path directory, String bootId) {
    file = directory.resolve("ran");
    this.bootId = bootId;
  }

  /// What kind of start this is, by the file as the last run left it. A state that was in force
  /// until then is as old as that: a speaker that runs never expires.
  ///
  /// @param stored when the stored state was written
  /// @param now the time of day
  Start judge(Instant stored, Instant now) {
    Optional<Ran> ran = ran();
    Instant inForce = ran.map(Ran::until).filter(last -> last.isAfter(stored)).orElse(stored);
    return Start.of(
        ran.filter(this::isOnThisBoot).map(one -> Duration.between(one.until(), now)),
        Duration.between(inForce, now));
  }

  /// Likewise, where no state is stored.
  Start judgeWithoutState() {
    return new Start.Fresh(
        ran().filter(this::isOnThisBoot).isPresent() ? Start.Boot.SAME : Start.Boot.OTHER);
  }

  private boolean isOnThisBoot(Ran ran) {
    return !bootId.isEmpty() && ran.bootId().equals(bootId);
  }

  /// The last run.
  private record Ran(String bootId, Instant until) {}

  // Empty when none is known.
  private Optional<Ran> ran() {
    try {
      List<String> lines = Files.readAllLines(file);
      return lines.size() == 2
          ? Optional.of(new Ran(lines.getFirst(), Instant.parse(lines.get(1))))
          : Optional.empty();
    } catch (IOException | DateTimeException e) {
      LOG.debug("no stamp of an earlier run", e);
      return Optional.empty();
    }
  }

  /// This speaker runs now.
  void write(Instant now) {
    try {
      Files.createDirectories(file.getParent());
      Path next = file.resolveSibling("ran.new");
      Files.writeString(next, bootId + "\n" + now + "\n");
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      LOG.debug("the stamp cannot be written", e);
    }
  }

  private static String readBootId() {
    try {
      return Files.readString(BOOT_ID).strip();
    } catch (IOException e) {
      LOG.debug("the kernel tells no boot id", e);
      return "";
    }
  }
}
