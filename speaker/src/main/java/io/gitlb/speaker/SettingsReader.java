// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.http.PeerNames;
import io.gitlb.schema.http.ServerSecurity;
import io.gitlb.schema.http.TlsIdentity;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.NodeName;
import io.gitlb.speaker.bfd.session.LivenessKeys;
import io.gitlb.speaker.pcap.InterfaceType;
import io.gitlb.speaker.pcap.PcapSegments;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/// Reads the settings from options, and finds every mistake in them at once. That each option can
/// also be a variable is the command line's business; the messages name both.
public final class SettingsReader {

  /// The permanent code of a bad setting.
  static final String CODE = "GLB6001";

  private static final Pattern NODE_NAME =
      Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final int MAX_NODE_NAME_CHARACTERS = 253;
  private static final int MAX_PORT = 65_535;
  private static final Pattern AGE = Pattern.compile("(\\d{1,6})([smhd])");

  // Option such as `--node` → its text as given (1:1).
  private final Map<String, String> options;
  private final List<String> problems = new ArrayList<>();
  private boolean insecure;

  private SettingsReader(Map<String, String> options) {
    this.options = options;
  }

  /// What came of reading.
  public sealed interface Result {

    /// The speaker can be started with them.
    record Usable(SpeakerSettings settings) implements Result {}

    /// It cannot.
    ///
    /// @param problems for people, one line each, at least one
    record Unusable(List<String> problems) implements Result {}
  }

  /// @param options `--x-y` → its text; those that were not given are absent, and so is an empty
  ///   one
  public static Result read(Map<String, String> options) {
    return new SettingsReader(options).read();
  }

  private Result read() {
    Optional<NodeName> node = node();
    Optional<Path> stateDir = path("--state-dir", "/var/lib/gitlb/speaker");
    Optional<InetSocketAddress> listen = socket("--listen", "0.0.0.0:7480");
    Optional<InetSocketAddress> healthListen = socket("--health-listen", "127.0.0.1:7481");
    healthListen.ifPresent(address -> requireLoopback("--health-listen", address, ""));
    Optional<Pattern> names = interfaceNames();
    Optional<Set<InterfaceType>> types = interfaceTypes();
    Optional<ServerSecurity> security = security(listen);
    Optional<URI> reconciler = reconciler();
    Optional<LivenessKeys> livenessKeys = livenessKeys();
    Optional<Duration> maxStateAge = maxStateAge();
    if (!problems.isEmpty()
        || node.isEmpty()
        || stateDir.isEmpty()
        || listen.isEmpty()
        || healthListen.isEmpty()
        || names.isEmpty()
        || types.isEmpty()
        || security.isEmpty()
        || livenessKeys.isEmpty()
        || maxStateAge.isEmpty()) {
      return new Result.Unusable(List.copyOf(problems));
    }
    return new Result.Usable(
        new SpeakerSettings(
            node.get(),
            stateDir.get(),
            listen.get(),
            healthListen.get(),
            names.get(),
            types.get(),
            security.get(),
            reconciler,
            livenessKeys.get(),
            maxStateAge.get()));
  }

  private Optional<NodeName> node() {
    Optional<String> text = text("--node");
    if (text.isEmpty()) {
      problem("--node", "is missing; it is the name of this node in Kubernetes (spec.nodeName)");
      return Optional.empty();
    }
    if (text.get().length() > MAX_NODE_NAME_CHARACTERS
        || !NODE_NAME.matcher(text.get()).matches()) {
      problem(
          "--node",
          quoted(text.get())
              + " is not a node name; allowed are lower-case letters, digits, '-' and '.', at most "
              + MAX_NODE_NAME_CHARACTERS
              + " characters");
      return Optional.empty();
    }
    return text.map(NodeName::new);
  }

  private Optional<Pattern> interfaceNames() {
    String text = text("--interface-regex").orElse(PcapSegments.DEFAULT_INTERFACE_REGEX);
    try {
      return Optional.of(Pattern.compile(text));
    } catch (PatternSyntaxException e) {
      problem(
          "--interface-regex",
          quoted(text)
              + " is not a regular expression: "
              + e.getDescription()
              + " at character "
              + (e.getIndex() + 1));
      return Optional.empty();
    }
  }

  private Optional<Set<InterfaceType>> interfaceTypes() {
    Set<InterfaceType> types = EnumSet.noneOf(InterfaceType.class);
    Optional<String> given = text("--interface-types");
    if (given.isEmpty()) {
      return Optional.of(EnumSet.allOf(InterfaceType.class));
    }
    for (String text : given.get().split(",", -1)) {
      Optional<InterfaceType> type = InterfaceType.of(text.strip());
      if (type.isEmpty()) {
        problem(
            "--interface-types",
            quoted(text.strip())
                + " is no type of interface; allowed are, separated by commas, "
                + Arrays.stream(InterfaceType.values())
                    .map(InterfaceType::text)
                    .collect(Collectors.joining(", ")));
        return Optional.empty();
      }
      types.add(type.get());
    }
    return Optional.of(types);
  }

  private Optional<ServerSecurity> security(Optional<InetSocketAddress> listen) {
    insecure = flag("--insecure");
    List<String> tlsOptions = List.of("--tls-cert", "--tls-key", "--tls-ca");
    List<String> given = tlsOptions.stream().filter(option -> text(option).isPresent()).toList();
    if (insecure) {
      if (!given.isEmpty()) {
        problem("--insecure", "contradicts " + String.join(", ", given) + "; leave one out");
      }
      listen.ifPresent(
          address -> requireLoopback("--listen", address, " with --insecure, without TLS"));
      return Optional.of(new ServerSecurity.Plaintext());
    }
    for (String option : tlsOptions) {
      if (!given.contains(option)) {
        problem(
            option,
            "is missing; the API needs a certificate, its key and the authority of its callers"
                + " (--insecure does without, on a loopback address)");
      }
    }
    Optional<Path> certificate = readable("--tls-cert");
    Optional<Path> key = readable("--tls-key");
    Optional<Path> authority = readable("--tls-ca");
    if (certificate.isEmpty() || key.isEmpty() || authority.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ServerSecurity.MutualTls(
            new TlsIdentity(certificate.get(), key.get(), authority.get()),
            PeerNames.reconcilerAndSpeakers()));
  }

  private Optional<URI> reconciler() {
    Optional<URI> url = text("--reconciler-url").flatMap(SettingsReader::url);
    String scheme = insecure ? "http" : "https";
    if (text("--reconciler-url").isPresent()
        && url.filter(one -> one.getScheme().equals(scheme)).isEmpty()) {
      problem(
          "--reconciler-url",
          quoted(text("--reconciler-url").get())
              + " is not "
              + scheme
              + "://HOST:PORT; it is where --state-listen of the reconciler is reached, such as "
              + scheme
              + "://gitlb-reconciler.gitlb-system.svc:8482");
    }
    return url;
  }

  private static Optional<URI> url(String text) {
    try {
      URI url = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      boolean usable =
          url.getScheme() != null
              && url.getHost() != null
              && url.getPort() >= 1
              && url.getPort() <= MAX_PORT
              && (url.getScheme() + "://" + url.getRawAuthority()).equals(url.toString())
              && url.getRawUserInfo() == null;
      return usable ? Optional.of(url) : Optional.empty();
    } catch (URISyntaxException _) {
      return Optional.empty();
    }
  }

  private Optional<LivenessKeys> livenessKeys() {
    if (text("--liveness-key-file").isEmpty()) {
      if (insecure) {
        return Optional.of(LivenessKeys.none());
      }
      problem(
          "--liveness-key-file",
          "is missing; it holds the keys by which speakers know each other, lines of a number from"
              + " 0 to 255 and 40 hex digits (--insecure does without)");
      return Optional.empty();
    }
    Optional<Path> file = readable("--liveness-key-file");
    try {
      return file.map(LivenessKeys::ofFile);
    } catch (IllegalArgumentException e) {
      problem("--liveness-key-file", String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private Optional<Duration> maxStateAge() {
    String text = text("--max-state-age").orElse("7d");
    Matcher matcher = AGE.matcher(text);
    if (!matcher.matches()) {
      problem(
          "--max-state-age",
          quoted(text)
              + " is not an age; allowed is a whole number of at most 6 digits with its unit: s, m,"
              + " h or d, such as 7d");
      return Optional.empty();
    }
    long count = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          case "h" -> Duration.ofHours(count);
          default -> Duration.ofDays(count);
        });
  }

  private void requireLoopback(String option, InetSocketAddress address, String condition) {
    if (!address.getAddress().isLoopbackAddress()) {
      problem(
          option,
          quoted(address.getHostString())
              + " can be reached from outside; allowed is a loopback address such as 127.0.0.1"
              + condition);
    }
  }

  private Optional<Path> readable(String option) {
    Optional<Path> path = text(option).flatMap(text -> toPath(option, text));
    if (path.isPresent() && !Files.isReadable(path.get())) {
      problem(option, quoted(path.get().toString()) + " is not there or cannot be read");
      return Optional.empty();
    }
    return path;
  }

  private Optional<Path> path(String option, String otherwise) {
    return toPath(option, text(option).orElse(otherwise));
  }

  private Optional<Path> toPath(String option, String text) {
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException e) {
      problem(option, quoted(text) + " is not a path: " + e.getReason());
      return Optional.empty();
    }
  }

  /// `ADDRESS:PORT` or `[ADDRESS]:PORT`; names are not looked up.
  private Optional<InetSocketAddress> socket(String option, String otherwise) {
    String text = text(option).orElse(otherwise);
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    Optional<IpAddress> address =
        IpAddress.parse(bracketed ? host.substring(1, host.length() - 1) : host)
            .filter(found -> bracketed == (found instanceof Ipv6));
    int port = port(text.substring(colon + 1));
    if (address.isEmpty() || port < 0) {
      problem(
          option,
          quoted(text)
              + " is not ADDRESS:PORT; allowed is an IP address and a port from 0 to "
              + MAX_PORT
              + ", such as 0.0.0.0:7480 or [::]:7480");
      return Optional.empty();
    }
    try {
      return Optional.of(
          new InetSocketAddress(InetAddress.getByAddress(address.get().toBytes()), port));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 octets", e);
    }
  }

  /// -1 when it is none.
  private static int port(String text) {
    boolean decimal =
        !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    int port = decimal ? Integer.parseInt(text) : -1;
    return port <= MAX_PORT ? port : -1;
  }

  private boolean flag(String option) {
    String text = text(option).orElse("false");
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> {
        problem(option, quoted(text) + " is not true or false");
        yield false;
      }
    };
  }

  private Optional<String> text(String option) {
    return Optional.ofNullable(options.get(option)).filter(text -> !text.isEmpty());
  }

  /// `GITLB_X_Y` of `--x-y`.
  private static String variable(String option) {
    return "GITLB_" + option.substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
  }

  private void problem(String option, String message) {
    problems.add(CODE + " " + option + " (" + variable(option) + "): " + message);
  }

  private static String quoted(String text) {
    return "'" + text + "'";
  }
}
