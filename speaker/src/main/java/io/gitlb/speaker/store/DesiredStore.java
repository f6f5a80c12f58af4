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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// The file that holds the newest accepted desired state. One caller at a time.
public final class DesiredStore {

  private static final String FILE = "desired.json";

  /// Peers' passwords may come to be in it one day.
  private static final String OWNER_ONLY = "rw-------";

  private final Path directory;

  /// @param directory made with the first save when it is not there
  public DesiredStore(Path directory) {
    this.directory = directory;
  }

  /// What is there at start.
  public sealed interface Loaded {

    /// This speaker never stored anything.
    record Absent() implements Loaded {}

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

  /// Reads and checks the file. A damaged one is put aside.
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
      case Decoded.Value<DesiredDocument>(DesiredDocument document) -> new Loaded.Present(document);
      case Decoded.Malformed<DesiredDocument>(String message) -> putAside(file, message);
    };
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
      return new Saved.OnDisk();
    } catch (IOException e) {
      return new Saved.Failed(file() + " cannot be written: " + reason(e));
    }
  }

  /// The document as it was saved; empty when there is none that can be read.
  public Optional<byte[]> read() {
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
    try (FileChannel channel =
        FileChannel.open(
            file,
            options,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)))) {
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
