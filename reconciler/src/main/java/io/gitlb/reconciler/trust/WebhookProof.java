// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.trust;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Tells whether a webhook delivery comes from somebody who knows one of the secrets. Looks at
/// headers and raw octets only: the body is not parsed before this has said yes. Every comparison
/// takes a time that depends on nothing but lengths, and all secrets are always tried.
///
/// Standard Webhooks: <https://github.com/standard-webhooks/standard-webhooks>.
public final class WebhookProof {

  /// How far the clock of a sender that signs the time may differ from ours (Standard Webhooks).
  public static final Duration WINDOW = Duration.ofMinutes(5);

  /// Signatures of one delivery; a sender that rotates its key sends two.
  private static final int MOST_SIGNATURES = 8;

  private static final Pattern HEX = Pattern.compile("([0-9a-fA-F]{64})");
  private static final Pattern PREFIXED_SHA256 = Pattern.compile("sha256=([0-9a-fA-F]{64})");
  private static final Pattern PREFIXED_SHA512 = Pattern.compile("sha512=([0-9a-fA-F]{128})");

  /// A dot would let one text be read as two different deliveries.
  private static final Pattern ID = Pattern.compile("[!-~&&[^.]]{1,256}");

  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,11}");

  private final List<WebhookSecret> secrets;

  /// @param secrets several while one is being replaced
  public WebhookProof(List<WebhookSecret> secrets) {
    this.secrets = List.copyOf(secrets);
  }

  /// What a delivery is.
  public sealed interface Verdict {

    /// From somebody who knows a secret.
    ///
    /// @param mark the same for a repetition and different for everything else. Where the sender's
    ///   own delivery id is not covered by the proof, it is made of the proof: whoever repeats a
    ///   recorded delivery can put in another id, but not another proof
    record Genuine(String mark) implements Verdict {}

    /// Not believed.
    record Refused(ProofRefusal why) implements Verdict {}
  }

  /// @param headers name in lower case → value
  /// @param body as it came
  public Verdict check(
      WebhookSender sender, Map<String, String> headers, byte[] body, Instant now) {
    Delivery delivery = new Delivery(sender, headers, body);
    return switch (sender) {
      case GITHUB ->
          delivery.has("x-hub-signature-256")
              ? hmac(delivery, "x-hub-signature-256", PREFIXED_SHA256)
              : new Verdict.Refused(
                  delivery.has("x-hub-signature") ? ProofRefusal.SHA1 : ProofRefusal.MISSING);
      case BITBUCKET -> hmac(delivery, "x-hub-signature", PREFIXED_SHA256);
      case GITEA -> hmac(delivery, "x-gitea-signature", HEX);
      case FORGEJO ->
          hmac(
              delivery,
              delivery.has("x-forgejo-signature") ? "x-forgejo-signature" : "x-gitea-signature",
              HEX);
      case GENERIC -> hmac(delivery, "x-signature", PREFIXED_SHA256);
      case GITLAB -> delivery.has("webhook-signature") ? signed(delivery, now) : token(delivery);
    };
  }

  /// One delivery as it came.
  private static final class Delivery {

    private final WebhookSender sender;
    private final Map<String, String> headers;
    private final byte[] body;

    Delivery(WebhookSender sender, Map<String, String> headers, byte[] body) {
      this.sender = sender;
      this.headers = headers;
      this.body = body;
    }

    boolean has(String name) {
      return !header(name).isEmpty();
    }

    String header(String name) {
      return headers.getOrDefault(name, "").strip();
    }

    Verdict genuine(String mark) {
      return new Verdict.Genuine(sender.word() + " " + mark);
    }
  }

  private Verdict hmac(Delivery delivery, String header, Pattern form) {
    String value = delivery.header(header);
    Matcher longer = PREFIXED_SHA512.matcher(value);
    Matcher usual = form.matcher(value);
    if (value.isEmpty()) {
      return new Verdict.Refused(ProofRefusal.MISSING);
    } else if (value.startsWith("sha1=")) {
      return new Verdict.Refused(ProofRefusal.SHA1);
    } else if (delivery.sender == WebhookSender.GENERIC && longer.matches()) {
      return hmac(delivery, "HmacSHA512", HexFormat.of().parseHex(longer.group(1)));
    } else if (usual.matches()) {
      return hmac(delivery, "HmacSHA256", HexFormat.of().parseHex(usual.group(1)));
    }
    return new Verdict.Refused(ProofRefusal.MALFORMED);
  }

  private Verdict hmac(Delivery delivery, String algorithm, byte[] given) {
    boolean right = false;
    for (WebhookSecret secret : secrets) {
      right |= MessageDigest.isEqual(secret.mac(algorithm, delivery.body), given);
    }
    return right
        ? delivery.genuine(HexFormat.of().formatHex(given))
        : new Verdict.Refused(ProofRefusal.WRONG);
  }

  /// GitLab's older form: the header is the secret. It proves nothing about the body.
  private Verdict token(Delivery delivery) {
    if (!delivery.has("x-gitlab-token")) {
      return new Verdict.Refused(ProofRefusal.MISSING);
    }
    byte[] given = delivery.header("x-gitlab-token").getBytes(StandardCharsets.UTF_8);
    boolean right = false;
    for (WebhookSecret secret : secrets) {
      right |= secret.is(given);
    }
    if (!right) {
      return new Verdict.Refused(ProofRefusal.WRONG);
    }
    String key = delivery.header("idempotency-key");
    return delivery.genuine(
        ID.matcher(key).matches()
            ? key
            : HexFormat.of().formatHex(WebhookSecret.sha256(delivery.body)));
  }

  private Verdict signed(Delivery delivery, Instant now) {
    String id = delivery.header("webhook-id");
    String seconds = delivery.header("webhook-timestamp");
    Optional<List<byte[]>> given = signatures(delivery.header("webhook-signature"));
    if (id.isEmpty() || seconds.isEmpty()) {
      return new Verdict.Refused(ProofRefusal.MISSING);
    } else if (!ID.matcher(id).matches()
        || !SECONDS.matcher(seconds).matches()
        || given.isEmpty()) {
      return new Verdict.Refused(ProofRefusal.MALFORMED);
    }
    byte[] head = (id + "." + seconds + ".").getBytes(StandardCharsets.US_ASCII);
    if (!isSigned(head, delivery.body, given.get())) {
      return new Verdict.Refused(ProofRefusal.WRONG);
    }
    Duration off = Duration.between(Instant.ofEpochSecond(Long.parseLong(seconds)), now).abs();
    return off.compareTo(WINDOW) <= 0
        ? delivery.genuine(id)
        : new Verdict.Refused(ProofRefusal.OUT_OF_TIME);
  }

  private boolean isSigned(byte[] head, byte[] body, List<byte[]> given) {
    boolean right = false;
    for (WebhookSecret secret : secrets) {
      Optional<byte[]> expected = secret.signature(head, body);
      if (expected.isPresent()) {
        for (byte[] signature : given) {
          right |= MessageDigest.isEqual(expected.get(), signature);
        }
      }
    }
    return right;
  }

  /// Those of version 1, which is HMAC-SHA256; others are for other kinds of keys. Empty when there
  /// is none, or one that is none.
  private static Optional<List<byte[]>> signatures(String header) {
    List<byte[]> found = new ArrayList<>();
    String[] entries = header.split(" +", MOST_SIGNATURES + 1);
    if (entries.length > MOST_SIGNATURES) {
      return Optional.empty();
    }
    for (String entry : entries) {
      if (entry.startsWith("v1,")) {
        try {
          found.add(Base64.getDecoder().decode(entry.substring("v1,".length())));
        } catch (IllegalArgumentException _) {
          return Optional.empty();
        }
      }
    }
    return found.isEmpty() ? Optional.empty() : Optional.of(found);
  }
}
