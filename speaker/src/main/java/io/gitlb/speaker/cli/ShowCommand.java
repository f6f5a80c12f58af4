// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.cli;

import io.gitlb.schema.http.ClientSecurity;
import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.http.HttpClient;
import io.gitlb.schema.http.HttpClientSettings;
import io.gitlb.schema.http.HttpLoops;
import io.gitlb.schema.http.HttpResult;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `gitlb speaker show`.
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Shows what the speaker of this node does now; nothing is changed.",
      "Run it on the node or in the speaker's pod (kubectl exec POD -- gitlb speaker show bgp).",
      "",
      "  bgp     sessions with routers: AS, state, since, prefixes, messages, last error",
      "  bfd     sessions with routers and other speakers: state, since, times, diagnostic",
      "  routes  prefixes with their attributes, and the peers that have them",
      "  l2      addresses answered by ARP and NDP: owner, state, since, interfaces, conflicts"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:shown, whatever state it is in",
      "1:the speaker cannot be asked; stderr says why",
      "64:wrong options or arguments"
    })
public final class ShowCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int OK = 200;

  /// The port comes last; an IPv6 address may stand in brackets.
  private static final Pattern PLACE = Pattern.compile("\\[?([^\\[\\]]+)]?:(\\d{1,5})");

  /// What can be shown.
  enum Part {
    BGP,
    BFD,
    ROUTES,
    L2
  }

  /// How it is printed.
  enum Form {
    TEXT,
    JSON
  }

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "bgp|bfd|routes|l2", description = "what to show")
  private Part part = Part.BGP;

  @Option(
      names = "-o",
      paramLabel = "text|json",
      description = "how to print it (default: text); json is that part of the speaker's status")
  private Form form = Form.TEXT;

  @Option(
      names = "--health-listen",
      paramLabel = "ADDRESS:PORT",
      description = "where the speaker has its health; default: 127.0.0.1:7481")
  private String place = "127.0.0.1:7481";

  @Override
  public Integer call() {
    HttpClientSettings settings = settings();
    try (HttpLoops loops = HttpLoops.open(1);
        HttpClient client = HttpClient.create(loops, settings)) {
      return switch (client.send(question(), PATIENCE)) {
        case HttpResult.Answered(HttpAnswer answer) -> print(answer);
        case HttpResult.Unreachable(String why, var _) -> failed(why);
        case HttpResult.TimedOut(String why) -> failed(why);
      };
    }
  }

  private HttpCall question() {
    return HttpCall.get("/v1/show/" + part.name().toLowerCase(Locale.ROOT))
        .withHeader(
            "accept",
            switch (form) {
              case TEXT -> "text/plain";
              case JSON -> "application/json";
            });
  }

  private HttpClientSettings settings() {
    Matcher matcher = PLACE.matcher(place);
    if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > 65_535) {
      throw new ParameterException(
          spec().commandLine(),
          "--health-listen " + place + " is not ADDRESS:PORT such as 127.0.0.1:7481");
    }
    return HttpClientSettings.of(
        matcher.group(1), Integer.parseInt(matcher.group(2)), new ClientSecurity.Plaintext());
  }

  private int print(HttpAnswer answer) {
    String body = new String(answer.body().octets(), StandardCharsets.UTF_8).stripTrailing();
    if (answer.status() != OK) {
      return failed("the speaker at " + place + " answers " + answer.status() + ": " + body);
    }
    PrintWriter out = spec().commandLine().getOut();
    out.println(body);
    out.flush();
    return 0;
  }

  private int failed(String why) {
    spec().commandLine().getErr().println("gitlb: speaker show failed: " + why);
    return 1;
  }

  private CommandSpec spec() {
    return Objects.requireNonNull(spec, "set by picocli");
  }
}
