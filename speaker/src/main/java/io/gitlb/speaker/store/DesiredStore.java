// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.store;

import io.gitlb.schema.protocol.Decoded;
import io.gitlb.schema.protocol.DesiredDocument;
import io.gitlb.schema.protocol.ProtocolCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// The files that hold the newest accepted desired state: a document, and the deltas that came
/// after it. One caller at a time.
public final class DesiredStore {

  private static final String FILE = "desired.json";

  private static final String DELTAS = "desired.deltas";

  /// The deltas may have as many octets as the document has, but this many in any case. Then the
  /// whole state is asked for: so the files stay small, and it comes so rarely that it costs no
  /// more for a change than a few more changes would.
  private static final long ROOM_FOR_DELTAS = 64 * 1024;

  /// Peers' passwords are in it: without them a node that starts while nobody can tell them would
  /// dial no such peer.
  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path directory;
  private final DeltaLog deltas;

  /// Octets of the document.
  private long length;

  /// @param directory made with the first save when it is not there
  public DesiredStore(Path directory) {
    this.directory = directory;
    this.deltas = new DeltaLog(directory.resolve(DELTAS), OWNER_ONLY);
  }

  /// When a directory's state was last written; empty without one.
  public static Optional<Instant> storedAt(Path directory) {
    Optional<Instant> newest = Optional.empty();
    for (String name : new String[] {FILE, DELTAS}) {
      long written = directory.resolve(name).toFile().lastModified();
      if (written > 0) {
        Instant then = Instant.ofEpochMilli(written);
        newest = Optional.of(newest.filter(then::isBefore).orElse(then));
      }
    }
    return newest;
  }

  /// What is there at start.
  public sealed interface Loaded {

    /// This speaker never stored anything.
    record Absent() implements Loaded {}

    /// @param document the last one, its deltas applied
    record Present(DesiredDocument document) implements Loaded {}

    /// There is something, but it cannot be used.
    ///
    /// @param message for people, one line
    record Unusable(String message) implements Loaded {}
  }

  /// What came of saving.
  public sealed interface Saved {

    /// It outlives a power cut from now on.
    record OnDisk() implements Saved {}

    /// What was there before is still there.
    ///
    /// @param message for people, one line
    record Failed(String message) implements Saved {}
  }

  /// Reads and checks the files. A damaged document is put aside; of the deltas those count that
  /// fit it and each other, without what a crash cut off.
  public Loaded load() {
    Path file = file();
    byte[] json;
    try {
      if (Files.size(file) > ProtocolCodec.MAX_DOCUMENT_BYTES) {
        return putAside(file, "it is larger than " + ProtocolCodec.MAX_DOCUMENT_BYTES + " octets");
      }
      json = Files.readAllBytes(file);
    } catch (NoSuchFileException _) {
      return new Loaded.Absent();
    } catch (IOException e) {
      return new Loaded.Unusable(file + " cannot be read: " + reason(e));
    }
    return switch (ProtocolCodec.decodeDesired(json)) {
      case Decoded.Value<DesiredDocument>(DesiredDocument document) -> {
        length = json.length;
        yield withDeltas(document);
      }
      case Decoded.Malformed<DesiredDocument>(String message) -> putAside(file, message);
    };
  }

  private Loaded withDeltas(DesiredDocument document) {
    try {
      return new Loaded.Present(deltas.applyTo(document));
    } catch (IOException e) {
      return new Loaded.Unusable(directory.resolve(DELTAS) + " cannot be read: " + reason(e));
    }
  }

  private Loaded putAside(Path file, String why) {
    Path aside = directory.resolve(FILE + ".damaged");
    try {
      Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
      return new Loaded.Unusable(
          file + " is damaged and was put aside as " + aside.getFileName() + ": " + why);
    } catch (IOException e) {
      return new Loaded.Unusable(
          file + " is damaged (" + why + ") and cannot be put aside: " + reason(e));
    }
  }

  /// Replaces the document. Returns when it is safe.
  ///
  /// @param json a document as it was received
  public Saved save(byte[] json) {
    Path next = directory.resolve(FILE + ".next");
    try {
      Files.createDirectories(directory);
      write(next, json);
      Files.move(next, file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncDirectory();
      length = json.length;
      deltas.clear();
      return new Saved.OnDisk();
    } catch (IOException e) {
      return new Saved.Failed(file() + " cannot be written: " + reason(e));
    }
  }

  /// Whether this delta can be kept beside the document and the deltas that are there.
  ///
  /// @param json as it was received
  public boolean hasRoomFor(byte[] json) {
    return DeltaLog.isOneLine(json)
        && deltas.length() + json.length <= Math.max(ROOM_FOR_DELTAS, length);
  }

  /// Adds a delta of what is stored; there is room for it. Returns when it is safe.
  ///
  /// @param json a document as it was received
  public Saved append(byte[] json) {
    boolean isFirst = deltas.length() == 0;
    try {
      deltas.append(json);
      if (isFirst) {
        syncDirectory();
      }
      return new Saved.OnDisk();
    } catch (IOException e) {
      return new Saved.Failed(directory.resolve(DELTAS) + " cannot be written: " + reason(e));
    }
  }

  /// The document as it was saved; empty when there is none that can be read, or when deltas came
  /// after it.
  public Optional<byte[]> read() {
    if (deltas.length() > 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readAllBytes(file()));
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /// The file, for messages.
  public Path file() {
    return directory.resolve(FILE);
  }

  private static void write(Path file, byte[] json) throws IOException {
    Set<StandardOpenOption> options =
        EnumSet.of(
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING);
    try (FileChannel channel = FileChannel.open(file, options, OWNER_ONLY)) {
      ByteBuffer remaining = ByteBuffer.wrap(json);
      while (remaining.hasRemaining()) {
        channel.write(remaining);
      }
      channel.force(true);
    }
  }

  /// Makes the rename itself outlive a power cut.
  private void syncDirectory() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /// The JDK names the file and says no more for some causes.
  private static String reason(IOException e) {
    String message = String.valueOf(e.getMessage());
    return e.getClass().getSimpleName() + " " + message.lines().findFirst().orElse("");
  }
}
