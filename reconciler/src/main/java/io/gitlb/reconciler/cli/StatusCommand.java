// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cli;

import io.gitlb.schema.http.ClientSecurity;
import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpClient;
import io.gitlb.schema.http.HttpClientSettings;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.http.HttpResult;
import io.gitlb.schema.http.PeerNames;
import io.gitlb.schema.http.TlsIdentity;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `gitlb status`.
@Command(
    name = "status",
    description = {
      "Says who announces each address, since when, and who would be next; asks a running reconciler.",
      "With --sessions: every node's sessions with routers, and those between speakers that are not up.",
      "On the reconciler's own host or in its pod nothing is needed (kubectl exec DEPLOYMENT -- gitlb status);",
      "from elsewhere the token that the reconciler was given as --api-token-file.",
      "Nothing is changed, with --simulate-drain either."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:answered",
      "1:the reconciler cannot be asked or knows no such node; stderr says which",
      "3:with --simulate-drain: an address would be announced by nobody",
      "64:wrong options or arguments"
    })
public final class StatusCommand implements Callable<Integer> {

  private static final String ANNOUNCING = "/v1/announcing";
  private static final String SESSIONS = "/v1/sessions";
  private static final String UNSERVED = "gitlb-unserved";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int OK = 200;
  private static final int NOBODY = 3;

  /// How the answer is printed.
  enum Form {
    TEXT,
    JSON
  }

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--simulate-drain",
      paramLabel = "NODE",
      description =
          "only what would move, and where, without this node, its speaker and the endpoints on it")
  private @Nullable String drain;

  @Option(
      names = "--sessions",
      description = "the BGP and BFD sessions of all nodes instead, with -o json all of them")
  private boolean wantsSessions;

  @Option(
      names = "--reconciler",
      defaultValue = "http://127.0.0.1:8480",
      paramLabel = "URL",
      description = "where --health-listen of the reconciler is (default: ${DEFAULT-VALUE})")
  private String reconciler = "http://127.0.0.1:8480";

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "holds the token that the reconciler wants from other hosts; needs https")
  private @Nullable Path tokenFile;

  @Option(
      names = "--tls-cert",
      paramLabel = "FILE",
      description = "our certificate chain, PEM; for https")
  private @Nullable Path certificate;

  @Option(names = "--tls-key", paramLabel = "FILE", description = "our private key, PEM; for https")
  private @Nullable Path key;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description = "the certificate authority of the reconciler, PEM; for https")
  private @Nullable Path authority;

  @Option(
      names = "-o",
      paramLabel = "FORM",
      defaultValue = "text",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private Form form = Form.TEXT;

  @Override
  public Integer call() throws IOException {
    HttpClientSettings settings = settings();
    HttpCall call = question();
    try (HttpLoops loops = HttpLoops.open(1);
        HttpClient client = HttpClient.create(loops, settings)) {
      return switch (client.send(call, PATIENCE)) {
        case HttpResult.Answered(HttpAnswer answer) -> print(answer);
        case HttpResult.Unreachable(String why, var _) -> failed(why);
        case HttpResult.TimedOut(String why) -> failed(why);
      };
    }
  }

  private HttpCall question() throws IOException {
    HttpCall call =
        HttpCall.get(wantsSessions ? SESSIONS : ANNOUNCING)
            .withHeader(
                "accept",
                switch (form) {
                  case TEXT -> "text/plain";
                  case JSON -> "application/json";
                });
    if (drain != null) {
      call = call.withQuery("drain", drain);
    }
    return tokenFile == null
        ? call
        : call.withHeader("authorization", "Bearer " + Files.readString(tokenFile).strip());
  }

  private int print(HttpAnswer answer) {
    String body = new String(answer.body().octets(), StandardCharsets.UTF_8);
    if (answer.status() != OK) {
      return failed(reconciler + " answers " + answer.status() + ": " + body.strip());
    }
    PrintWriter out = spec().commandLine().getOut();
    out.print(body);
    out.flush();
    return answer.header(UNSERVED).filter(count -> !count.equals("0")).isPresent() ? NOBODY : 0;
  }

  private HttpClientSettings settings() {
    if (wantsSessions && drain != null) {
      throw wrong("--sessions and --simulate-drain ask for different things: give one of them");
    }
    URI url = url();
    String host = url.getHost();
    if (url.getScheme().equals("http")) {
      if (tokenFile != null) {
        throw wrong("--token-file needs an https URL: a token is not sent in the clear");
      }
      return HttpClientSettings.of(bare(host), port(url, 80), new ClientSecurity.Plaintext());
    }
    if (certificate == null || key == null || authority == null) {
      throw wrong("an https URL needs --tls-cert, --tls-key and --tls-ca");
    }
    return HttpClientSettings.of(
        bare(host),
        port(url, 443),
        new ClientSecurity.MutualTls(
            new TlsIdentity(certificate, key, authority), PeerNames.reconciler()));
  }

  private URI url() {
    Optional<URI> url = Optional.empty();
    try {
      url = Optional.of(URI.create(reconciler));
    } catch (IllegalArgumentException _) {
      // Said below.
    }
    return url.filter(
            one ->
                one.getHost() != null
                    && ("http".equals(one.getScheme()) || "https".equals(one.getScheme())))
        .orElseThrow(
            () ->
                wrong(
                    "--reconciler "
                        + reconciler
                        + " is not a URL such as http://127.0.0.1:8480 or"
                        + " https://gitlb-reconciler:8480"));
  }

  private static int port(URI url, int usual) {
    return url.getPort() > 0 ? url.getPort() : usual;
  }

  /// An IPv6 address stands in brackets in a URL.
  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec().commandLine(), message);
  }

  private int failed(String why) {
    spec().commandLine().getErr().println("gitlb: status failed: " + why);
    return 1;
  }

  private CommandSpec spec() {
    return Objects.requireNonNull(spec, "set by picocli");
  }
}
