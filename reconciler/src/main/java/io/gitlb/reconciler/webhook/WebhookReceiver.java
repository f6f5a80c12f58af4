// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.webhook;

import io.gitlb.reconciler.trust.WebhookProof;
import io.gitlb.reconciler.trust.WebhookProof.Verdict;
import io.gitlb.reconciler.trust.WebhookSender;
import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpHandler;
import io.gitlb.schema.http.HttpLimits;
import io.gitlb.schema.http.HttpMethod;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers `POST /webhook/SENDER`. In this order: method, path, secrets, proof, repetition, event,
/// branch. Answers at once; what it causes happens elsewhere.
public final class WebhookReceiver implements HttpHandler {

  /// GitLab, Gitea, Forgejo and Bitbucket stay below 256 KiB; GitHub lists up to 2,048 commits,
  /// which can be more. A push of that size is refused and seen by the next poll: cheaper than
  /// letting every stranger have 25 MiB of our memory.
  static final int MOST_BODY_BYTES = 1024 * 1024;

  /// At a time; together they hold at most as many MiB.
  private static final int MOST_CONNECTIONS = 16;

  private static final Logger log = LoggerFactory.getLogger(WebhookReceiver.class);

  private static final String PREFIX = "/webhook/";

  /// What metrics call a delivery whose path names no sender.
  private static final String NOBODY = "unknown";

  private final SecretFiles secrets;
  private final FollowedRefs refs;
  private final InstantSource clock;
  private final Runnable pollNow;
  private final BiConsumer<String, WebhookOutcome> counted;
  private final SeenDeliveries seen = new SeenDeliveries();
  private final BadSources badSources = new BadSources();

  /// @param secretFiles one secret each
  /// @param pollNow asks for a look at the branch; returns at once and bounds how often one happens
  /// @param counted told of every delivery: sender and outcome; must not block
  public WebhookReceiver(
      List<Path> secretFiles,
      FollowedRefs refs,
      InstantSource clock,
      Runnable pollNow,
      BiConsumer<String, WebhookOutcome> counted) {
    this.secrets = new SecretFiles(secretFiles);
    this.refs = refs;
    this.clock = clock;
    this.pollNow = pollNow;
    this.counted = counted;
  }

  /// What a listener for this should grant its callers.
  public static HttpLimits limits() {
    return HttpLimits.DEFAULTS.withBodyBytes(MOST_BODY_BYTES).withConnections(MOST_CONNECTIONS);
  }

  /// What is wrong with the secret files now; one line each, without what they hold.
  public List<String> problems() {
    return secrets.read().problems();
  }

  @Override
  public HttpAnswer handle(HttpCall call) {
    Optional<WebhookSender> sender = sender(call.path());
    WebhookOutcome outcome =
        call.method() != HttpMethod.POST
            ? WebhookOutcome.WRONG_METHOD
            : sender.map(known -> proven(known, call)).orElse(WebhookOutcome.UNKNOWN_PATH);
    counted.accept(sender.map(WebhookSender::word).orElse(NOBODY), outcome);
    if (outcome == WebhookOutcome.POLL) {
      pollNow.run();
    }
    return answer(outcome);
  }

  /// What the listener refuses by itself gets our words and is counted too.
  @Override
  public HttpAnswer refused(HttpAnswer answer) {
    WebhookOutcome outcome =
        answer.status() == WebhookOutcome.TOO_LARGE.status()
            ? WebhookOutcome.TOO_LARGE
            : WebhookOutcome.NOT_HTTP;
    counted.accept(NOBODY, outcome);
    return HttpAnswer.text(answer.status(), outcome.line());
  }

  private static Optional<WebhookSender> sender(String path) {
    return Arrays.stream(WebhookSender.values())
        .filter(sender -> path.equals(PREFIX + sender.word()))
        .findFirst();
  }

  private WebhookOutcome proven(WebhookSender sender, HttpCall call) {
    SecretFiles.Content content = secrets.read();
    if (content.secrets().isEmpty()) {
      content.problems().forEach(problem -> warn(call, WebhookOutcome.NO_SECRET, problem));
      return WebhookOutcome.NO_SECRET;
    }
    Verdict verdict =
        new WebhookProof(content.secrets())
            .check(sender, call.headers(), call.body().octets(), clock.instant());
    return switch (verdict) {
      case Verdict.Refused refused -> refused(sender, call, WebhookOutcome.of(refused.why()));
      case Verdict.Genuine(String mark) -> taken(sender, call, mark);
    };
  }

  private WebhookOutcome refused(WebhookSender sender, HttpCall call, WebhookOutcome outcome) {
    return warn(call, outcome, "a delivery to /webhook/" + sender.word() + " was refused")
        ? outcome
        : WebhookOutcome.TOO_MANY;
  }

  /// @return whether its source may say that again
  private boolean warn(HttpCall call, WebhookOutcome outcome, String what) {
    Optional<InetAddress> source = call.source();
    boolean within = source.map(address -> badSources.note(address, clock.instant())).orElse(true);
    if (within) {
      log.warn(
          "{}: {}; it came from {}",
          outcome.line(),
          what,
          source.map(InetAddress::getHostAddress).orElse("an unknown address"));
    }
    return within;
  }

  private WebhookOutcome taken(WebhookSender sender, HttpCall call, String mark) {
    if (!seen.add(mark)) {
      return WebhookOutcome.REPEATED;
    }
    return switch (WebhookEvent.of(sender, call.headers())) {
      case PING -> WebhookOutcome.PING;
      case OTHER -> WebhookOutcome.OTHER_EVENT;
      case PUSH -> refs.of(PushedRefs.in(call.body().octets()));
    };
  }

  private static HttpAnswer answer(WebhookOutcome outcome) {
    HttpAnswer answer = HttpAnswer.text(outcome.status(), outcome.line());
    if (outcome == WebhookOutcome.WRONG_METHOD) {
      return answer.withHeader("allow", "POST");
    }
    return outcome == WebhookOutcome.TOO_MANY ? answer.withHeader("retry-after", "60") : answer;
  }
}
