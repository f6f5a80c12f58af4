// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.util.RawParseUtils;

/// A commit's signature and the bytes that it is over: the commit object without the header that
/// holds it (`gitformat-signature`).
final class CommitSignature {

  private static final byte[] HEADER = "gpgsig".getBytes(StandardCharsets.US_ASCII);

  private final byte[] text;
  private final byte[] signed;

  private CommitSignature(byte[] text, byte[] signed) {
    this.text = text;
    this.signed = signed;
  }

  /// By its first line.
  enum Format {
    SSH("-----BEGIN SSH SIGNATURE-----"),
    GPG("-----BEGIN PGP "),
    /// X.509, or what there may be one day.
    OTHER("");

    private final String begin;

    Format(String begin) {
      this.begin = begin;
    }

    private static Format of(byte[] text) {
      String start = new String(text, StandardCharsets.ISO_8859_1);
      for (Format format : values()) {
        if (start.startsWith(format.begin)) {
          return format;
        }
      }
      return OTHER;
    }
  }

  Format format() {
    return Format.of(text);
  }

  /// Armored, as the signing program wrote it; not to be changed.
  byte[] text() {
    return text;
  }

  /// What it is over; not to be changed.
  byte[] signed() {
    return signed;
  }

  /// @param commit parsed with its body
  /// @return empty when it is not signed
  static Optional<CommitSignature> of(RevCommit commit) {
    byte[] raw = commit.getRawBuffer();
    byte[] text = commit.getRawGpgSignature();
    int start = RawParseUtils.headerStart(HEADER, raw, 0);
    if (start < 0 || text == null) {
      return Optional.empty();
    }
    int end = RawParseUtils.nextLfSkippingSplitLines(raw, start);
    int header = start - HEADER.length - 1;
    ByteArrayOutputStream signed = new ByteArrayOutputStream();
    signed.write(raw, 0, header);
    int rest = Math.min(end + 1, raw.length);
    signed.write(raw, rest, raw.length - rest);
    return Optional.of(new CommitSignature(text, signed.toByteArray()));
  }
}
