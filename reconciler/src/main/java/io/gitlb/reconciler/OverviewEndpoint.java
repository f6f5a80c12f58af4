// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import io.gitlb.reconciler.loop.Overview;
import io.gitlb.reconciler.report.AnnouncingJson;
import io.gitlb.reconciler.report.AnnouncingReport;
import io.gitlb.reconciler.report.AnnouncingReport.Drain;
import io.gitlb.reconciler.report.AnnouncingText;
import io.gitlb.reconciler.report.SessionsJson;
import io.gitlb.reconciler.report.SessionsReport;
import io.gitlb.reconciler.report.SessionsText;
import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpBody;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpHandler;
import io.gitlb.schema.http.HttpMethod;
import io.gitlb.schema.value.NodeName;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers `GET /v1/announcing`, with `drain=NODE` what would become of the addresses without that
/// node, and `GET /v1/sessions`, as JSON or, for `Accept: text/plain`, as tables.
///
/// Who calls from this host is let in, as for health; everybody else needs the token.
final class OverviewEndpoint implements HttpHandler {

  static final String ANNOUNCING = "/v1/announcing";
  static final String SESSIONS = "/v1/sessions";

  /// In an answer with a drain: how many addresses nobody would announce.
  static final String UNSERVED = "gitlb-unserved";

  private static final Logger log = LoggerFactory.getLogger(OverviewEndpoint.class);

  private static final int SHORTEST_TOKEN = 16;
  private static final String BEARER = "Bearer ";

  /// Holds the token, read again at each use.
  private final Optional<Path> tokenFile;

  /// One report at a time: each costs as much as a large pass.
  private final ReentrantLock lock = new ReentrantLock();

  private volatile Optional<Overview> last = Optional.empty();

  OverviewEndpoint(Optional<Path> tokenFile) {
    this.tokenFile = tokenFile;
  }

  /// A pass has ended.
  void publish(Optional<Overview> overview) {
    last = overview;
  }

  @Override
  public HttpAnswer handle(HttpCall call) throws InterruptedException {
    if (!call.path().equals(ANNOUNCING) && !call.path().equals(SESSIONS)) {
      return HttpAnswer.text(404, ANNOUNCING + " and " + SESSIONS + " are served here");
    }
    if (call.method() != HttpMethod.GET) {
      return HttpAnswer.text(405, "only GET is served here");
    }
    if (call.source().filter(InetAddress::isLoopbackAddress).isEmpty() && !hasToken(call)) {
      return HttpAnswer.text(
              401,
              tokenFile.isPresent()
                  ? "needs the token of --api-token-file"
                  : "callers from other hosts need a token, and no --api-token-file is given")
          .withHeader("www-authenticate", "Bearer");
    }
    Optional<Overview> overview = last;
    if (overview.isEmpty()) {
      return HttpAnswer.text(503, "nothing is decided yet; /readyz says what is waited for");
    }
    return call.path().equals(SESSIONS)
        ? sessions(call, overview.get().sessions())
        : announcing(call, overview.get());
  }

  private static HttpAnswer sessions(HttpCall call, SessionsReport report) {
    return wantsText(call) ? text(SessionsText.write(report)) : json(SessionsJson.write(report));
  }

  private HttpAnswer announcing(HttpCall call, Overview overview) throws InterruptedException {
    Optional<String> drain = call.queryValue("drain");
    Optional<NodeName> node = drain.flatMap(OverviewEndpoint::node);
    if (drain.isPresent() && node.filter(overview::knows).isEmpty()) {
      return HttpAnswer.text(404, "no node " + drain.get() + " has a speaker");
    }
    return answer(call, report(overview, node));
  }

  private AnnouncingReport report(Overview overview, Optional<NodeName> drain)
      throws InterruptedException {
    lock.lockInterruptibly();
    try {
      return overview.report(drain);
    } finally {
      lock.unlock();
    }
  }

  private static Optional<NodeName> node(String text) {
    try {
      return Optional.of(new NodeName(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static HttpAnswer answer(HttpCall call, AnnouncingReport report) {
    HttpAnswer answer =
        wantsText(call) ? text(AnnouncingText.write(report)) : json(AnnouncingJson.write(report));
    return report
        .drain()
        .map(Drain::unserved)
        .map(count -> answer.withHeader(UNSERVED, Long.toString(count)))
        .orElse(answer);
  }

  private static boolean wantsText(HttpCall call) {
    return call.header("accept").filter(form -> form.startsWith("text/plain")).isPresent();
  }

  private static HttpAnswer text(String tables) {
    return new HttpAnswer(200, new TreeMap<>(), HttpBody.of(tables))
        .withHeader("content-type", "text/plain; charset=utf-8");
  }

  private static HttpAnswer json(String document) {
    return HttpAnswer.json(200, document.getBytes(StandardCharsets.UTF_8));
  }

  /// Compares in a time that does not tell how much of it is right.
  private boolean hasToken(HttpCall call) {
    Optional<byte[]> wanted = tokenFile.flatMap(OverviewEndpoint::token);
    return wanted.isPresent()
        && call.header("authorization")
            .filter(text -> text.startsWith(BEARER))
            .map(text -> text.substring(BEARER.length()).getBytes(StandardCharsets.UTF_8))
            .filter(shown -> MessageDigest.isEqual(shown, wanted.get()))
            .isPresent();
  }

  private static Optional<byte[]> token(Path file) {
    try {
      String token = Files.readString(file).strip();
      if (token.length() >= SHORTEST_TOKEN) {
        return Optional.of(token.getBytes(StandardCharsets.UTF_8));
      }
      log.warn("--api-token-file {} has fewer than {} characters", file, SHORTEST_TOKEN);
    } catch (IOException e) {
      log.warn("--api-token-file {} cannot be read: {}", file, e.toString());
    }
    return Optional.empty();
  }
}
