// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.receive;

import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpHandler;
import io.gitlb.schema.http.HttpLimits;
import io.gitlb.schema.http.HttpMethod;
import io.gitlb.schema.http.PeerNames;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.protocol.PushReply;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The calls of the reconciler and of other speakers, as the package lists them. Who gets in is the
/// server's business; a speaker may read the claims and nothing else.
public final class SpeakerEndpoint implements HttpHandler {

  /// For the server that this endpoint is on: bodies as large as documents may be.
  public static final HttpLimits LIMITS =
      HttpLimits.DEFAULTS
          .withBodyBytes(ProtocolCodec.MAX_DOCUMENT_BYTES)
          .withConnections(64)
          .withRequest(Duration.ofSeconds(60));

  /// A status is told at the latest after this time, whatever was asked for.
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private static final Pattern SECONDS = Pattern.compile("(\\d{1,5})s");
  private static final Pattern ETAG = Pattern.compile("\"([0-9a-f]{64})\"");
  private static final Pattern SEQUENCE = Pattern.compile("\\d{1,18}");

  private final DesiredReceiver receiver;
  private final StatusBoard board;
  private final ClaimsBoard claims;
  private final ProbeCalls probes;

  public SpeakerEndpoint(
      DesiredReceiver receiver, StatusBoard board, ClaimsBoard claims, AddressProber prober) {
    this.receiver = receiver;
    this.board = board;
    this.claims = claims;
    this.probes = new ProbeCalls(prober);
  }

  @Override
  public HttpAnswer handle(HttpCall call) throws InterruptedException {
    if (call.caller().isPresent()
        && !PeerNames.isReconciler(call.caller().get())
        && !call.path().equals("/v1/claims")) {
      return HttpAnswer.text(403, call.caller().get() + " may read /v1/claims only");
    }
    return switch (call.path()) {
      case "/v1/claims" ->
          switch (call.method()) {
            case GET -> claims(call);
            case PUT, POST, PATCH, DELETE -> notAllowed(HttpMethod.GET);
          };
      case "/v1/desired" ->
          switch (call.method()) {
            case GET -> stored(call);
            case PUT -> answer(receiver.offer(call.body().octets()));
            case PATCH -> patch(call);
            case POST, DELETE -> notAllowed(HttpMethod.GET, HttpMethod.PUT, HttpMethod.PATCH);
          };
      case "/v1/probes" ->
          switch (call.method()) {
            case POST -> probes.answer(call);
            case GET, PUT, PATCH, DELETE -> notAllowed(HttpMethod.POST);
          };
      case "/v1/status" ->
          switch (call.method()) {
            case GET -> status(call);
            case PUT, POST, PATCH, DELETE -> notAllowed(HttpMethod.GET);
          };
      default ->
          HttpAnswer.text(404, "there are /v1/claims, /v1/desired, /v1/probes and /v1/status");
    };
  }

  /// RFC 5789 and, for the base that must be the stored one, RFC 9110 section 13.1.1.
  private HttpAnswer patch(HttpCall call) {
    Matcher base = ETAG.matcher(call.header("if-match").orElse(""));
    return base.matches()
        ? answer(receiver.offerDelta(call.body().octets(), base.group(1)))
        : reply(428, new PushReply.Refused("If-Match names the state that the delta starts from"));
  }

  private static HttpAnswer answer(DesiredReceiver.Offered offered) {
    return switch (offered) {
      case DesiredReceiver.Offered.Stored(Generation generation, String digest) ->
          reply(200, new PushReply.Stored(generation, digest)).withHeader("etag", etag(digest));
      case DesiredReceiver.Offered.Outdated(Generation newest) ->
          reply(409, new PushReply.Stale(newest));
      case DesiredReceiver.Offered.Unfit(String message) ->
          reply(412, new PushReply.Refused("the whole state is wanted: " + message));
      case DesiredReceiver.Offered.Refused(String message) ->
          reply(422, new PushReply.Refused(message));
      case DesiredReceiver.Offered.Malformed(String message) ->
          reply(400, new PushReply.Refused(message));
      case DesiredReceiver.Offered.NotStored(String message) ->
          reply(507, new PushReply.Refused(message));
    };
  }

  private HttpAnswer stored(HttpCall call) {
    Optional<String> digest = receiver.digest();
    if (digest.isPresent() && asksFor(call, etag(digest.get()))) {
      return HttpAnswer.empty(304).withHeader("etag", etag(digest.get()));
    }
    return receiver
        .read()
        .map(
            document ->
                HttpAnswer.json(200, document.json().octets())
                    .withHeader("etag", etag(document.digest())))
        .orElseGet(() -> HttpAnswer.text(404, "nothing is stored"));
  }

  /// RFC 9110 section 13.1.2.
  private static boolean asksFor(HttpCall call, String etag) {
    return call.header("if-none-match")
        .filter(
            tags ->
                Arrays.stream(tags.split(",", -1))
                    .map(String::strip)
                    .anyMatch(tag -> tag.equals(etag) || tag.equals("*")))
        .isPresent();
  }

  private HttpAnswer status(HttpCall call) throws InterruptedException {
    return switch (poll(call)) {
      case Poll.Bad(String message) -> HttpAnswer.text(400, message);
      case Poll.Good(long after, Optional<String> boot, Duration longest) ->
          HttpAnswer.json(200, ProtocolCodec.encode(board.await(after, boot, longest)));
    };
  }

  private HttpAnswer claims(HttpCall call) throws InterruptedException {
    if (call.queryValue("known").filter("true"::equals).isPresent()) {
      return HttpAnswer.json(200, ProtocolCodec.encode(claims.withKnown()));
    }
    return switch (poll(call)) {
      case Poll.Bad(String message) -> HttpAnswer.text(400, message);
      case Poll.Good(long after, Optional<String> boot, Duration longest) ->
          HttpAnswer.json(200, ProtocolCodec.encode(claims.await(after, boot, longest)));
    };
  }

  /// What a long poll asks for.
  private sealed interface Poll {

    record Good(long after, Optional<String> boot, Duration longest) implements Poll {}

    record Bad(String message) implements Poll {}
  }

  private static Poll poll(HttpCall call) {
    String after = call.queryValue("after").orElse("0");
    if (!SEQUENCE.matcher(after).matches()) {
      return new Poll.Bad("after is a sequence number, at most 18 digits");
    }
    Matcher seconds = SECONDS.matcher(call.queryValue("wait").orElse("0s"));
    if (!seconds.matches()) {
      return new Poll.Bad("wait is a number of whole seconds, such as 30s");
    }
    Duration asked = Duration.ofSeconds(Long.parseLong(seconds.group(1)));
    return new Poll.Good(
        Long.parseLong(after),
        call.queryValue("boot"),
        asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked);
  }

  private static HttpAnswer reply(int status, PushReply reply) {
    return HttpAnswer.json(status, ProtocolCodec.encode(reply));
  }

  private static String etag(String digest) {
    return '"' + digest + '"';
  }

  private static HttpAnswer notAllowed(HttpMethod... allowed) {
    String methods = String.join(", ", Arrays.stream(allowed).map(HttpMethod::name).toList());
    return HttpAnswer.text(405, "allowed are " + methods).withHeader("allow", methods);
  }
}
