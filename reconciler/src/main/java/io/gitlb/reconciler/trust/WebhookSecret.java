// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.trust;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// What a sender of webhooks and we know. It never shows: no accessor, no text form.
public final class WebhookSecret {

  /// Characters; a shorter one is guessed from one recorded delivery.
  public static final int SHORTEST = 16;

  /// Characters; no sender allows more.
  public static final int LONGEST = 1024;

  /// How Standard Webhooks marks a secret whose rest is a key in base 64.
  private static final String SIGNING_PREFIX = "whsec_";

  private final byte[] text;
  private final Optional<byte[]> signingKey;

  private WebhookSecret(byte[] text, Optional<byte[]> signingKey) {
    this.text = text;
    this.signingKey = signingKey;
  }

  /// What came of reading a secret.
  public sealed interface Reading {

    /// It can be used.
    record Usable(WebhookSecret secret) implements Reading {}

    /// It cannot.
    ///
    /// @param why without the secret
    record Unusable(String why) implements Reading {}
  }

  /// @param text white space around it is no part of it
  public static Reading of(String text) {
    String secret = text.strip();
    if (secret.length() < SHORTEST || secret.length() > LONGEST) {
      return new Reading.Unusable(
          "it has %d characters; %d to %d are allowed"
              .formatted(secret.length(), SHORTEST, LONGEST));
    }
    byte[] octets = secret.getBytes(StandardCharsets.UTF_8);
    if (!secret.startsWith(SIGNING_PREFIX)) {
      return new Reading.Usable(new WebhookSecret(octets, Optional.empty()));
    }
    try {
      byte[] key = Base64.getDecoder().decode(secret.substring(SIGNING_PREFIX.length()));
      return new Reading.Usable(new WebhookSecret(octets, Optional.of(key)));
    } catch (IllegalArgumentException _) {
      return new Reading.Unusable("it begins with whsec_, but what follows is not base 64");
    }
  }

  /// HMAC of the octets with the secret's text as the key.
  ///
  /// @param algorithm as the JDK calls it
  byte[] mac(String algorithm, byte[] octets) {
    return mac(algorithm, text, octets);
  }

  /// HMAC-SHA256 of both together by the key that a signing secret encodes; empty when it is none.
  Optional<byte[]> signature(byte[] head, byte[] body) {
    return signingKey.map(key -> mac("HmacSHA256", key, head, body));
  }

  /// Whether the octets are the secret itself, in a time that tells nothing about it, not even its
  /// length: digests are compared.
  boolean is(byte[] octets) {
    return MessageDigest.isEqual(sha256(text), sha256(octets));
  }

  private static byte[] mac(String algorithm, byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key, algorithm));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(algorithm + " is part of every JDK", e);
    }
  }

  static byte[] sha256(byte[] octets) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(octets);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }

  @Override
  public String toString() {
    return "(secret)";
  }
}
