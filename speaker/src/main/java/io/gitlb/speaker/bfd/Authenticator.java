// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Signs and checks the packets of one session (RFC 5880 sections 6.7.3 and 6.7.4).
///
///     |   Auth Type   |   Auth Len    |  Auth Key ID  |   Reserved    |
///     |                        Sequence Number                        |
///     |                     Digest, 16 or 20 octets                   |
final class Authenticator {

  private static final int SECTION = BfdCodec.MANDATORY_OCTETS;
  private static final int DIGEST = SECTION + 8;

  private final SessionKeys keys;
  private final MessageDigest digest;
  private final byte[] scratch = new byte[BfdCodec.MAX_OCTETS];
  private int sendSequence;
  private int heardSequence;
  private boolean heard;
  private @Nullable AuthenticationKey lastSigned;

  Authenticator(Authentication authentication, int firstSequence) {
    this.keys = new SessionKeys(authentication);
    this.sendSequence = firstSequence;
    try {
      this.digest = MessageDigest.getInstance(authentication.type().algorithm());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has MD5 and SHA-1", impossible);
    }
  }

  /// Other keys of the same type; the sequence goes on. See [SessionKeys#replace].
  void replace(Authentication other, boolean isHeard, Instant now, Duration patience) {
    if (other.type() != keys.type()) {
      throw new IllegalArgumentException("a session keeps its type of authentication");
    }
    keys.replace(other, isHeard, now, patience);
  }

  /// Time goes by.
  void pass(Instant now) {
    keys.pass(now);
  }

  /// The detection time is over.
  void silent(Instant now) {
    keys.silent(now);
  }

  /// Whether the next packet will be signed with another key than the last one.
  boolean signsAnew() {
    return lastSigned != null && !lastSigned.equals(keys.signing());
  }

  int packetOctets() {
    return SECTION + keys.type().sectionOctets();
  }

  /// Appends the section to the mandatory part, which begins at `start`.
  void sign(ByteBuffer out, int start) {
    AuthenticationType type = keys.type();
    AuthenticationKey key = keys.signing();
    lastSigned = key;
    out.put((byte) type.code());
    out.put((byte) type.sectionOctets());
    out.put((byte) key.id());
    out.put((byte) 0);
    out.putInt(sendSequence++);
    out.get(start, scratch, 0, DIGEST);
    out.put(digestOf(key, type));
  }

  private byte[] digestOf(AuthenticationKey key, AuthenticationType type) {
    digest.reset();
    digest.update(scratch, 0, DIGEST);
    digest.update(key.padded(type.digestOctets()));
    return digest.digest();
  }

  /// Nothing is known of the peer's sequence any more.
  void forget() {
    heard = false;
  }

  /// Checks the packet at the buffer's position and, when it is good, remembers its number.
  Optional<DropReason> check(ByteBuffer in, int detectMultiplier, Instant now) {
    int at = in.position();
    AuthenticationType type = keys.type();
    if (BfdCodec.u8(in, at + SECTION) != type.code()) {
      return Optional.of(DropReason.AUTHENTICATION_TYPE);
    }
    int packetLength = BfdCodec.u8(in, at + 3);
    if (packetLength != packetOctets()
        || BfdCodec.u8(in, at + SECTION + 1) != type.sectionOctets()) {
      return Optional.of(DropReason.AUTHENTICATION_LENGTH);
    }
    List<AuthenticationKey> numbered = keys.accepted(BfdCodec.u8(in, at + SECTION + 2));
    if (numbered.isEmpty()) {
      return Optional.of(DropReason.AUTHENTICATION_KEY);
    }
    int sequence = in.getInt(at + SECTION + 4);
    if (!inWindow(sequence, detectMultiplier)) {
      return Optional.of(DropReason.AUTHENTICATION_SEQUENCE);
    }
    in.get(at, scratch, 0, packetLength);
    byte[] found = new byte[type.digestOctets()];
    System.arraycopy(scratch, DIGEST, found, 0, found.length);
    Optional<AuthenticationKey> key =
        numbered.stream()
            .filter(one -> MessageDigest.isEqual(digestOf(one, type), found))
            .findFirst();
    if (key.isEmpty()) {
      return Optional.of(DropReason.AUTHENTICATION_DIGEST);
    }
    keys.shown(key.get(), now);
    heardSequence = sequence;
    heard = true;
    return Optional.empty();
  }

  // Circular over 32 bits: the difference wraps as the numbers do.
  private boolean inWindow(int sequence, int detectMultiplier) {
    long step = (sequence - heardSequence) & 0xFFFF_FFFFL;
    return !heard || (step >= keys.type().leastStep() && step <= 3L * detectMultiplier);
  }
}
