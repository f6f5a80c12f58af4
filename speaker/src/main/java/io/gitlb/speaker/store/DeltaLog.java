// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.store;

import io.gitlb.schema.protocol.Decoded;
import io.gitlb.schema.protocol.DeltaDocument;
import io.gitlb.schema.protocol.DesiredDocument;
import io.gitlb.schema.protocol.ProtocolCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/// The file of the deltas that came after the document: one a line, each as it was received.
///
/// A delta names the digest of what it starts from, so those that were left behind by a former
/// document do not fit the present one, and what follows a line that was cut off does not count.
final class DeltaLog {

  private static final byte LINE_FEED = '\n';

  private final Path file;
  private final FileAttribute<?> permissions;

  /// Octets of the lines that count; what follows them is written over.
  private long length;

  DeltaLog(Path file, FileAttribute<?> permissions) {
    this.file = file;
    this.permissions = permissions;
  }

  /// The document after all deltas that fit, one after the other.
  ///
  /// @throws IOException when there is a file that cannot be read
  DesiredDocument applyTo(DesiredDocument document) throws IOException {
    byte[] lines = read();
    DesiredDocument current = document;
    int start = 0;
    for (int end = lineEnd(lines, start); end >= 0; end = lineEnd(lines, start)) {
      byte[] line = Arrays.copyOfRange(lines, start, end);
      if (!(ProtocolCodec.decodeDelta(line)
              instanceof Decoded.Value<DeltaDocument>(DeltaDocument delta))
          || !delta.delta().base().equals(current.digest())) {
        break;
      }
      current = new DesiredDocument(delta.delta().applyTo(current.state()), delta.digest());
      start = end + 1;
    }
    length = start;
    return current;
  }

  private byte[] read() throws IOException {
    try {
      return Files.size(file) > ProtocolCodec.MAX_DOCUMENT_BYTES
          ? new byte[0]
          : Files.readAllBytes(file);
    } catch (NoSuchFileException _) {
      return new byte[0];
    }
  }

  private static int lineEnd(byte[] lines, int start) {
    for (int i = start; i < lines.length; i++) {
      if (lines[i] == LINE_FEED) {
        return i;
      }
    }
    return -1;
  }

  /// Whether the octets make one line.
  static boolean isOneLine(byte[] json) {
    return lineEnd(json, 0) < 0;
  }

  long length() {
    return length;
  }

  /// Adds a delta that fits. Returns when it is safe.
  ///
  /// @param json one line
  void append(byte[] json) throws IOException {
    Set<StandardOpenOption> options =
        EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(file, options, permissions)) {
      // Of an append that failed or of a former document.
      channel.truncate(length);
      channel.position(length);
      ByteBuffer line = ByteBuffer.allocate(json.length + 1).put(json).put(LINE_FEED).flip();
      while (line.hasRemaining()) {
        channel.write(line);
      }
      channel.force(true);
    }
    length += json.length + 1;
  }

  /// There is a new document, which no delta fits.
  void clear() {
    length = 0;
    try {
      Files.deleteIfExists(file);
    } catch (IOException _) {
      // What is left does not fit the new document, and is written over.
    }
  }
}
