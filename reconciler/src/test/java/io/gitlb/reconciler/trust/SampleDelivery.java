// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.trust;

import io.gitlb.schema.http.HttpBody;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Deliveries with the headers and the shape of body that each sender uses; computed here by the
/// senders' documentation, not by the code that checks them.
///
/// @param sender as in the path
/// @param headers name in lower case → value
public record SampleDelivery(
    WebhookSender sender, SortedMap<String, String> headers, HttpBody body) {

  public static final String SECRET = "canary-webhook-secret-0123456789";

  /// `whsec_` and 32 octets.
  public static final String SIGNING_SECRET =
      "whsec_"
          + Base64.getEncoder()
              .encodeToString(
                  "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII));

  public SampleDelivery(WebhookSender sender, SortedMap<String, String> headers, byte[] body) {
    this(sender, headers, HttpBody.of(body));
  }

  /// A push to a branch, with everything that its sender puts into it that matters to anybody.
  public static SampleDelivery push(WebhookSender sender, String ref) {
    String body = body(sender, ref);
    SampleDelivery bare = new SampleDelivery(sender, new TreeMap<>(), bytes(body));
    return switch (sender) {
      case GITHUB ->
          bare.with("x-github-event", "push")
              .with("x-github-delivery", UUID.randomUUID().toString())
              .with("x-hub-signature", "sha1=" + bare.hmac("HmacSHA1", SECRET))
              .with("x-hub-signature-256", "sha256=" + bare.hmac("HmacSHA256", SECRET));
      case GITLAB ->
          bare.with("x-gitlab-event", "Push Hook")
              .with("idempotency-key", UUID.randomUUID().toString())
              .with("x-gitlab-token", SECRET);
      case GITEA ->
          bare.with("x-gitea-event", "push")
              .with("x-gitea-delivery", UUID.randomUUID().toString())
              .with("x-github-event", "push")
              .with("x-hub-signature-256", "sha256=" + bare.hmac("HmacSHA256", SECRET))
              .with("x-gitea-signature", bare.hmac("HmacSHA256", SECRET));
      case FORGEJO ->
          bare.with("x-forgejo-event", "push")
              .with("x-gitea-event", "push")
              .with("x-forgejo-delivery", UUID.randomUUID().toString())
              .with("x-gitea-signature", bare.hmac("HmacSHA256", SECRET))
              .with("x-forgejo-signature", bare.hmac("HmacSHA256", SECRET));
      case BITBUCKET ->
          bare.with("x-event-key", "repo:push")
              .with("x-request-uuid", UUID.randomUUID().toString())
              .with("x-hub-signature", "sha256=" + bare.hmac("HmacSHA256", SECRET));
      case GENERIC -> bare.with("x-signature", "sha256=" + bare.hmac("HmacSHA256", SECRET));
    };
  }

  /// GitLab's signed form.
  public static SampleDelivery signedPush(String ref, String id, Instant at) {
    SampleDelivery bare =
        new SampleDelivery(
            WebhookSender.GITLAB, new TreeMap<>(), bytes(body(WebhookSender.GITLAB, ref)));
    return bare.with("x-gitlab-event", "Push Hook")
        .with("webhook-id", id)
        .with("webhook-timestamp", Long.toString(at.getEpochSecond()))
        .with("webhook-signature", "v1," + bare.standardSignature(id, at, SIGNING_SECRET));
  }

  /// Bitbucket Data Center.
  public static SampleDelivery refsChanged(String ref) {
    SampleDelivery bare =
        new SampleDelivery(
            WebhookSender.BITBUCKET,
            new TreeMap<>(),
            bytes(
                """
                {"eventKey":"repo:refs_changed","actor":{"name":"ops"},"repository":{"slug":"net"},
                "changes":[{"ref":{"id":"%s","displayId":"x","type":"BRANCH"},"refId":"%s",
                "fromHash":"%s","toHash":"%s","type":"UPDATE"}]}"""
                    .formatted(ref, ref, "1".repeat(40), commit())));
    return bare.with("x-event-key", "repo:refs_changed")
        .with("x-hub-signature", "sha256=" + bare.hmac("HmacSHA256", SECRET));
  }

  private static String body(WebhookSender sender, String ref) {
    String name = ref.replaceFirst("^refs/heads/", "");
    return switch (sender) {
      case GITHUB, GITEA, FORGEJO ->
          """
          {"ref":"%s","before":"%s","after":"%s","repository":{"full_name":"lab/net","ref":"no"},
          "pusher":{"name":"ops"},"commits":[{"id":"%s","message":"ref: refs/heads/main","added":[]}]}"""
              .formatted(ref, "1".repeat(40), commit(), commit());
      case GITLAB ->
          """
          {"object_kind":"push","event_name":"push","before":"%s","after":"%s","ref":"%s",
          "project":{"path_with_namespace":"lab/net"},"commits":[],"total_commits_count":0}"""
              .formatted("1".repeat(40), commit(), ref);
      case BITBUCKET ->
          """
          {"actor":{"display_name":"ops"},"repository":{"full_name":"lab/net"},"push":{"changes":[
          {"old":{"type":"branch","name":"%s"},"new":{"type":"branch","name":"%s",
          "target":{"hash":"%s"}},"created":false,"closed":false}]}}"""
              .formatted(name, name, commit());
      case GENERIC -> "{\"ref\":\"%s\",\"after\":\"%s\"}".formatted(ref, commit());
    };
  }

  private static String commit() {
    return UUID.randomUUID().toString().replace("-", "") + "01234567";
  }

  public SampleDelivery with(String name, String value) {
    SortedMap<String, String> more = new TreeMap<>(headers);
    more.put(name, value);
    return new SampleDelivery(sender, more, body);
  }

  public SampleDelivery without(String name) {
    SortedMap<String, String> fewer = new TreeMap<>(headers);
    fewer.remove(name);
    return new SampleDelivery(sender, fewer, body);
  }

  public SampleDelivery withBody(byte[] other) {
    return new SampleDelivery(sender, headers, other);
  }

  public String header(String name) {
    return headers.getOrDefault(name, "");
  }

  public byte[] octets() {
    return body.octets();
  }

  /// In hex, of the body.
  public String hmac(String algorithm, String secret) {
    return HexFormat.of().formatHex(mac(algorithm, bytes(secret), octets()));
  }

  /// In base 64, of id, time and body.
  public String standardSignature(String id, Instant at, String secret) {
    byte[] key = Base64.getDecoder().decode(secret.substring("whsec_".length()));
    String content = "%s.%d.%s".formatted(id, at.getEpochSecond(), text());
    return Base64.getEncoder().encodeToString(mac("HmacSHA256", key, bytes(content)));
  }

  public String text() {
    return body.text();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] mac(String algorithm, byte[] key, byte[] content) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key, algorithm));
      return mac.doFinal(content);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
