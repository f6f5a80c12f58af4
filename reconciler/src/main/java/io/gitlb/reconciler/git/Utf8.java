// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Bytes as strict UTF-8 text, or the place where they are not.
final class Utf8 {

  private Utf8() {}

  /// What the bytes are.
  sealed interface Decoded {}

  /// Text.
  record Text(String text) implements Decoded {}

  /// Something else.
  ///
  /// @param line from 1
  /// @param column from 1, in characters
  /// @param found in words
  record NotText(int line, int column, String found) implements Decoded {}

  static Decoded decode(byte[] bytes) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    // One byte never becomes more than one char.
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(in, out, true);
    String text = out.flip().toString();
    int nul = text.indexOf('\0');
    if (nul >= 0) {
      return at(text.substring(0, nul), "a NUL byte");
    }
    return result.isError()
        ? at(text, "byte 0x%02X, which is not UTF-8".formatted(bytes[in.position()]))
        : new Text(text);
  }

  private static NotText at(String before, String found) {
    int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
    int column = before.length() - before.lastIndexOf('\n');
    return new NotText(line, column, found);
  }

  /// A name from a repository, fit for a log: control characters become question marks.
  static String printable(String name) {
    return name.replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}]", "?");
  }
}
