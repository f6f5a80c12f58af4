// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.receive;

import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpHandler;
import io.gitlb.schema.http.HttpLimits;
import io.gitlb.schema.http.HttpMethod;
import io.gitlb.schema.protocol.Generation;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.protocol.PushReply;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The calls of the reconciler, as the package lists them. Who may call is the server's business:
/// whoever gets through may do everything here.
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

  public SpeakerEndpoint(DesiredReceiver receiver, StatusBoard board) {
    this.receiver = receiver;
    this.board = board;
  }

  @Override
  public HttpAnswer handle(HttpCall call) throws InterruptedException {
    return switch (call.path()) {
      case "/v1/desired" ->
          switch (call.method()) {
            case GET -> stored(call);
            case PUT -> answer(receiver.offer(call.body().octets()));
            case PATCH -> patch(call);
            case POST, DELETE -> notAllowed(HttpMethod.GET, HttpMethod.PUT, HttpMethod.PATCH);
          };
      case "/v1/status" ->
          switch (call.method()) {
            case GET -> status(call);
            case PUT, POST, PATCH, DELETE -> notAllowed(HttpMethod.GET);
          };
      default -> HttpAnswer.text(404, "there are /v1/desired and /v1/status");
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
    Optional<String> after = call.queryValue("after");
    if (after.isPresent() && !SEQUENCE.matcher(after.get()).matches()) {
      return HttpAnswer.text(400, "after is a sequence number, at most 18 digits");
    }
    Duration wait = Duration.ZERO;
    if (call.queryValue("wait").isPresent()) {
      Matcher seconds = SECONDS.matcher(call.queryValue("wait").get());
      if (!seconds.matches()) {
        return HttpAnswer.text(400, "wait is a number of whole seconds, such as 30s");
      }
      Duration asked = Duration.ofSeconds(Long.parseLong(seconds.group(1)));
      wait = asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked;
    }
    return HttpAnswer.json(
        200,
        ProtocolCodec.encode(
            board.await(after.map(Long::parseLong).orElse(0L), call.queryValue("boot"), wait)));
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
