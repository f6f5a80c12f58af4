// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.trust;

import static io.gitlb.reconciler.trust.SampleDelivery.SECRET;
import static io.gitlb.reconciler.trust.SampleDelivery.SIGNING_SECRET;
import static io.gitlb.reconciler.trust.SampleDelivery.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.trust.WebhookProof.Verdict;
import io.gitlb.reconciler.trust.WebhookProof.Verdict.Genuine;
import io.gitlb.reconciler.trust.WebhookProof.Verdict.Refused;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class WebhookProofTest {

  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  private static final String REF = "refs/heads/main";

  private final WebhookProof proof =
      new WebhookProof(List.of(secret("another-secret-of-0123456789"), secret(SECRET)));
  private final WebhookProof signing = new WebhookProof(List.of(secret(SIGNING_SECRET)));

  private static WebhookSecret secret(String text) {
    return assertInstanceOf(WebhookSecret.Reading.Usable.class, WebhookSecret.of(text)).secret();
  }

  private Verdict check(SampleDelivery delivery) {
    return check(proof, delivery);
  }

  private static Verdict check(WebhookProof proof, SampleDelivery delivery) {
    return proof.check(delivery.sender(), delivery.headers(), delivery.octets(), NOW);
  }

  private void refused(ProofRefusal why, SampleDelivery delivery) {
    assertEquals(new Refused(why), check(delivery), delivery.sender()::word);
  }

  @Test
  void everySendersPushIsBelieved() {
    for (WebhookSender sender : WebhookSender.values()) {
      assertInstanceOf(Genuine.class, check(SampleDelivery.push(sender, REF)), sender::word);
    }
    assertInstanceOf(Genuine.class, check(SampleDelivery.refsChanged(REF)));
    assertInstanceOf(Genuine.class, check(signing, SampleDelivery.signedPush(REF, "m1", NOW)));
  }

  /// The vector in GitHub's documentation.
  @Test
  void githubsPublishedExampleHolds() {
    WebhookProof published = new WebhookProof(List.of(secret("It's a Secret to Everybody")));
    assertInstanceOf(
        Genuine.class,
        published.check(
            WebhookSender.GITHUB,
            Map.of(
                "x-hub-signature-256",
                "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"),
            bytes("Hello, World!"),
            NOW));
  }

  /// The vector in the tests of the Standard Webhooks libraries.
  @Test
  void standardWebhooksPublishedExampleHolds() {
    WebhookProof published =
        new WebhookProof(List.of(secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")));
    assertInstanceOf(
        Genuine.class,
        published.check(
            WebhookSender.GITLAB,
            Map.of(
                "webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek",
                "webhook-timestamp", "1614265330",
                "webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
            bytes("{\"test\": 2432232314}"),
            Instant.ofEpochSecond(1614265330)));
  }

  @Test
  void aDeliveryWithoutItsSendersHeaderHasNoProof() {
    for (WebhookSender sender : WebhookSender.values()) {
      SampleDelivery delivery = SampleDelivery.push(sender, REF);
      refused(ProofRefusal.MISSING, new SampleDelivery(sender, new TreeMap<>(), delivery.octets()));
    }
    refused(
        ProofRefusal.MISSING,
        SampleDelivery.push(WebhookSender.GENERIC, REF).with("x-signature", " "));
    SampleDelivery signed = SampleDelivery.signedPush(REF, "m1", NOW);
    assertEquals(new Refused(ProofRefusal.MISSING), check(signing, signed.without("webhook-id")));
    assertEquals(
        new Refused(ProofRefusal.MISSING), check(signing, signed.without("webhook-timestamp")));
  }

  /// The URL says who sends; a proof of another sender's kind does not count.
  @Test
  void anotherSendersProofDoesNotCount() {
    SampleDelivery github = SampleDelivery.push(WebhookSender.GITHUB, REF);
    refused(
        ProofRefusal.MISSING,
        new SampleDelivery(WebhookSender.GITLAB, github.headers(), github.octets()));
    SampleDelivery gitlab = SampleDelivery.push(WebhookSender.GITLAB, REF);
    refused(
        ProofRefusal.MISSING,
        new SampleDelivery(WebhookSender.GITHUB, gitlab.headers(), gitlab.octets()));
  }

  @Test
  void sha1IsRefusedEvenWhenItIsRight() {
    SampleDelivery github = SampleDelivery.push(WebhookSender.GITHUB, REF);
    refused(ProofRefusal.SHA1, github.without("x-hub-signature-256"));
    SampleDelivery bitbucket = SampleDelivery.push(WebhookSender.BITBUCKET, REF);
    refused(
        ProofRefusal.SHA1,
        bitbucket.with("x-hub-signature", "sha1=" + bitbucket.hmac("HmacSHA1", SECRET)));
    SampleDelivery generic = SampleDelivery.push(WebhookSender.GENERIC, REF);
    refused(
        ProofRefusal.SHA1, generic.with("x-signature", "sha1=" + generic.hmac("HmacSHA1", SECRET)));
  }

  @Test
  void aProofOfAnotherFormIsMalformed() {
    SampleDelivery github = SampleDelivery.push(WebhookSender.GITHUB, REF);
    String right = github.header("x-hub-signature-256");
    for (String wrong :
        List.of(
            right.substring("sha256=".length()),
            right + "00",
            right.substring(0, right.length() - 1),
            right + ", " + right,
            "sha256=" + "g".repeat(64),
            "sha512=" + github.hmac("HmacSHA512", SECRET),
            "md5=" + "0".repeat(32))) {
      refused(ProofRefusal.MALFORMED, github.with("x-hub-signature-256", wrong));
    }
    refused(
        ProofRefusal.MALFORMED,
        SampleDelivery.push(WebhookSender.GITEA, REF).with("x-gitea-signature", right));
  }

  @Test
  void genericTakesSha512Too() {
    SampleDelivery generic = SampleDelivery.push(WebhookSender.GENERIC, REF);
    assertInstanceOf(
        Genuine.class,
        check(generic.with("x-signature", "sha512=" + generic.hmac("HmacSHA512", SECRET))));
    refused(
        ProofRefusal.WRONG,
        generic.with("x-signature", "sha512=" + generic.hmac("HmacSHA512", SECRET + "x")));
  }

  @Test
  void anotherSecretOrBodyIsWrong() {
    for (WebhookSender sender : WebhookSender.values()) {
      SampleDelivery delivery = SampleDelivery.push(sender, REF);
      assertEquals(
          new Refused(ProofRefusal.WRONG),
          check(new WebhookProof(List.of(secret("nobody-has-this-secret"))), delivery),
          sender::word);
      if (sender != WebhookSender.GITLAB) {
        refused(ProofRefusal.WRONG, delivery.withBody(bytes(delivery.text() + " ")));
      }
    }
  }

  /// A Forgejo header that is there counts alone: a stranger cannot fall back to the other one.
  @Test
  void ofTwoForgejoHeadersTheNewerCounts() {
    SampleDelivery forgejo = SampleDelivery.push(WebhookSender.FORGEJO, REF);
    refused(ProofRefusal.WRONG, forgejo.with("x-forgejo-signature", "0".repeat(64)));
    assertInstanceOf(Genuine.class, check(forgejo.without("x-forgejo-signature")));
  }

  /// Nor from GitLab's signature to the token, which proves nothing about the body.
  @Test
  void aGitlabSignatureThatIsThereCountsAlone() {
    SampleDelivery signed =
        SampleDelivery.signedPush(REF, "m1", NOW).with("x-gitlab-token", SECRET);
    refused(ProofRefusal.WRONG, signed);
  }

  @Test
  void aSignatureHoldsForFiveMinutes() {
    for (Duration off : List.of(WebhookProof.WINDOW, WebhookProof.WINDOW.negated())) {
      assertInstanceOf(
          Genuine.class, check(signing, SampleDelivery.signedPush(REF, "m1", NOW.plus(off))));
      Duration more = off.isNegative() ? off.minusSeconds(1) : off.plusSeconds(1);
      assertEquals(
          new Refused(ProofRefusal.OUT_OF_TIME),
          check(signing, SampleDelivery.signedPush(REF, "m1", NOW.plus(more))));
    }
  }

  @Test
  void anotherTimeOrIdBreaksTheSignature() {
    SampleDelivery signed = SampleDelivery.signedPush(REF, "m1", NOW);
    String later = Long.toString(NOW.plusSeconds(1).getEpochSecond());
    assertEquals(
        new Refused(ProofRefusal.WRONG), check(signing, signed.with("webhook-timestamp", later)));
    assertEquals(new Refused(ProofRefusal.WRONG), check(signing, signed.with("webhook-id", "m2")));
  }

  @Test
  void ofSeveralSignaturesOneHasToHold() {
    SampleDelivery signed = SampleDelivery.signedPush(REF, "m1", NOW);
    String right = signed.header("webhook-signature");
    String wrong = "v1," + signed.standardSignature("m0", NOW, SIGNING_SECRET);
    assertInstanceOf(
        Genuine.class,
        check(signing, signed.with("webhook-signature", wrong + " v1a,abc " + right)));
    assertEquals(
        new Refused(ProofRefusal.WRONG),
        check(signing, signed.with("webhook-signature", wrong + " " + wrong)));
    for (String malformed :
        List.of(
            "v1a," + right.substring(3),
            right.substring(3),
            "v1,***",
            (right + " ").repeat(9).strip())) {
      assertEquals(
          new Refused(ProofRefusal.MALFORMED),
          check(signing, signed.with("webhook-signature", malformed)),
          malformed);
    }
    for (String id : List.of("a.b", "a b", "x".repeat(257))) {
      assertEquals(
          new Refused(ProofRefusal.MALFORMED), check(signing, signed.with("webhook-id", id)), id);
    }
    assertEquals(
        new Refused(ProofRefusal.MALFORMED),
        check(signing, signed.with("webhook-timestamp", "-1")));
  }

  /// Whoever records a delivery can change what the proof does not cover, but gains nothing by it.
  @Test
  void aRepetitionHasTheSameMarkWhateverItsId() {
    for (WebhookSender sender : WebhookSender.values()) {
      SampleDelivery first = SampleDelivery.push(sender, REF);
      SampleDelivery second = SampleDelivery.push(sender, REF);
      assertEquals(check(first), check(first.with("x-github-delivery", "other")), sender::word);
      assertNotEquals(check(first), check(second), sender::word);
    }
    SampleDelivery gitlab = SampleDelivery.push(WebhookSender.GITLAB, REF);
    assertNotEquals(
        check(gitlab.without("idempotency-key")),
        check(SampleDelivery.push(WebhookSender.GITLAB, REF).without("idempotency-key")));
    SampleDelivery github = SampleDelivery.push(WebhookSender.GITHUB, REF);
    assertEquals(
        check(github),
        check(
            github.with(
                "x-hub-signature-256",
                "sha256=" + github.hmac("HmacSHA256", SECRET).toUpperCase(java.util.Locale.ROOT))));
  }

  @Test
  void aSecretHasBoundsAndNeverShows() {
    assertInstanceOf(WebhookSecret.Reading.Usable.class, WebhookSecret.of("x".repeat(16) + "\n"));
    for (String bad : List.of("", "short-secret-15", "x".repeat(1025), "whsec_not*base*64*")) {
      WebhookSecret.Reading.Unusable unusable =
          assertInstanceOf(WebhookSecret.Reading.Unusable.class, WebhookSecret.of(bad));
      assertFalse(!bad.isEmpty() && unusable.why().contains(bad), unusable::why);
    }
    assertEquals("(secret)", secret(SECRET).toString());
    assertFalse(WebhookSecret.of(SECRET).toString().contains(SECRET));
  }

  /// Noise and deliveries with one thing changed: nothing throws, nothing is believed.
  @Test
  void nothingElseIsEverBelieved() {
    long seed = Long.getLong("gitlb.seed", 20261121);
    Random random = new Random(seed);
    for (int i = 0; i < Integer.getInteger("gitlb.rounds", 20_000); i++) {
      SampleDelivery changed = random.nextBoolean() ? noise(random) : damaged(random);
      Verdict verdict = check(random.nextBoolean() ? proof : signing, changed);
      assertInstanceOf(
          Refused.class, verdict, "seed %d, round %d: %s".formatted(seed, i, changed.headers()));
    }
  }

  private static WebhookSender anySender(Random random) {
    List<WebhookSender> senders = List.of(WebhookSender.values());
    return senders.get(random.nextInt(senders.size()));
  }

  private static SampleDelivery noise(Random random) {
    List<String> names =
        List.of(
            "x-hub-signature",
            "x-hub-signature-256",
            "x-gitea-signature",
            "x-forgejo-signature",
            "x-signature",
            "x-gitlab-token",
            "webhook-id",
            "webhook-timestamp",
            "webhook-signature",
            "idempotency-key");
    List<String> starts = List.of("", "sha256=", "sha512=", "sha1=", "v1,", "v1, v1,", "whsec_");
    TreeMap<String, String> headers = new TreeMap<>();
    for (String name : names) {
      if (random.nextInt(3) > 0) {
        headers.put(name, starts.get(random.nextInt(starts.size())) + text(random));
      }
    }
    byte[] body = new byte[random.nextInt(200)];
    random.nextBytes(body);
    return new SampleDelivery(anySender(random), headers, body);
  }

  private static String text(Random random) {
    int length = List.of(0, 1, 44, 63, 64, 65, 128, 300).get(random.nextInt(8));
    String alphabet =
        random.nextBoolean() ? "0123456789abcdefABCDEF" : "az09+/=,. \u00e4\u0000\uD800";
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  /// A right delivery with one octet of its proof, or of its body, changed.
  private static SampleDelivery damaged(Random random) {
    WebhookSender sender = anySender(random);
    boolean standard = sender == WebhookSender.GITLAB && random.nextBoolean();
    SampleDelivery right =
        standard
            ? SampleDelivery.signedPush(REF, "m" + random.nextInt(100), NOW)
            : SampleDelivery.push(sender, REF);
    if (random.nextBoolean() && (standard || sender != WebhookSender.GITLAB)) {
      byte[] body = Arrays.copyOf(right.octets(), right.octets().length);
      body[random.nextInt(body.length)] ^= (byte) (1 << random.nextInt(8));
      return right.withBody(body);
    }
    String header =
        switch (sender) {
          case GITHUB -> "x-hub-signature-256";
          case GITLAB -> standard ? "webhook-signature" : "x-gitlab-token";
          case GITEA -> "x-gitea-signature";
          case FORGEJO -> "x-forgejo-signature";
          case BITBUCKET -> "x-hub-signature";
          case GENERIC -> "x-signature";
        };
    char[] value = right.header(header).toCharArray();
    // The last characters of base 64 carry bits that nobody reads.
    int at = random.nextInt(value.length - 2);
    value[at] = value[at] == '0' ? '1' : '0';
    return right.with(header, new String(value));
  }

  @Test
  void theMarkNamesItsSender() {
    assertTrue(
        assertInstanceOf(Genuine.class, check(SampleDelivery.push(WebhookSender.GITHUB, REF)))
            .mark()
            .startsWith("github "));
  }
}
