// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;

/// Signs and checks the packets of one session (RFC 5880 sections 6.7.3 and 6.7.4).
///
///     |   Auth Type   |   Auth Len    |  Auth Key ID  |   Reserved    |
///     |                        Sequence Number                        |
///     |                     Digest, 16 or 20 octets                   |
final class Authenticator {

  private static final int SECTION = BfdCodec.MANDATORY_OCTETS;
  private static final int DIGEST = SECTION + 8;

  private Authentication authentication;
  private final MessageDigest digest;
  private final byte[] scratch = new byte[BfdCodec.MAX_OCTETS];
  private int sendSequence;
  private int heardSequence;
  private boolean heard;

  Authenticator(Authentication authentication, int firstSequence) {
    this.authentication = authentication;
    this.sendSequence = firstSequence;
    try {
      this.digest = MessageDigest.getInstance(authentication.type().algorithm());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has MD5 and SHA-1", impossible);
    }
  }

  /// Other keys of the same type; the sequence goes on.
  void replace(Authentication other) {
    if (other.type() != authentication.type()) {
      throw new IllegalArgumentException("a session keeps its type of authentication");
    }
    authentication = other;
  }

  int packetOctets() {
    return SECTION + authentication.type().sectionOctets();
  }

  /// Appends the section to the mandatory part, which begins at `start`.
  void sign(ByteBuffer out, int start) {
    AuthenticationType type = authentication.type();
    AuthenticationKey key = authentication.keys().getFirst();
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
  Optional<DropReason> check(ByteBuffer in, int detectMultiplier) {
    int at = in.position();
    AuthenticationType type = authentication.type();
    if (BfdCodec.u8(in, at + SECTION) != type.code()) {
      return Optional.of(DropReason.AUTHENTICATION_TYPE);
    }
    int packetLength = BfdCodec.u8(in, at + 3);
    if (packetLength != packetOctets()
        || BfdCodec.u8(in, at + SECTION + 1) != type.sectionOctets()) {
      return Optional.of(DropReason.AUTHENTICATION_LENGTH);
    }
    int keyId = BfdCodec.u8(in, at + SECTION + 2);
    Optional<AuthenticationKey> key =
        authentication.keys().stream().filter(one -> one.id() == keyId).findFirst();
    if (key.isEmpty()) {
      return Optional.of(DropReason.AUTHENTICATION_KEY);
    }
    int sequence = in.getInt(at + SECTION + 4);
    if (!inWindow(sequence, detectMultiplier)) {
      return Optional.of(DropReason.AUTHENTICATION_SEQUENCE);
    }
    in.get(at, scratch, 0, packetLength);
    byte[] found = new byte[type.digestOctets()];
    System.arraycopy(scratch, DIGEST, found, 0, found.length);
    if (!MessageDigest.isEqual(digestOf(key.get(), type), found)) {
      return Optional.of(DropReason.AUTHENTICATION_DIGEST);
    }
    heardSequence = sequence;
    heard = true;
    return Optional.empty();
  }

  // Circular over 32 bits: the difference wraps as the numbers do.
  private boolean inWindow(int sequence, int detectMultiplier) {
    long step = (sequence - heardSequence) & 0xFFFF_FFFFL;
    return !heard || (step >= authentication.type().leastStep() && step <= 3L * detectMultiplier);
  }
}
