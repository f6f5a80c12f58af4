// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.PeerName;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.Capability;
import io.gitlb.speaker.bgp.packet.Capability.Forwarding;
import io.gitlb.speaker.bgp.packet.Capability.NextHopEncoding;
import io.gitlb.speaker.bgp.packet.Capability.PreservedFamily;
import io.gitlb.speaker.bgp.packet.Capability.RestartFlag;
import io.gitlb.speaker.bgp.packet.Keepalive;
import io.gitlb.speaker.bgp.packet.Message;
import io.gitlb.speaker.bgp.packet.Notification;
import io.gitlb.speaker.bgp.packet.Octets;
import io.gitlb.speaker.bgp.packet.Open;
import io.gitlb.speaker.bgp.packet.RouteRefresh;
import io.gitlb.speaker.bgp.packet.Update;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// The words of the stories and of the table: events and configurations read from text, steps
/// written as text.
final class Script {

  static final Ipv4 NODE_IDENTIFIER = (Ipv4) IpAddress.of("10.9.9.9");

  private Script() {}

  /// `local=64513 remote=64512 hold=90 connect=5`, and as wanted `families=4,6 gr=60 id=ADDRESS
  /// keepalive=10 peer=ADDRESS passive=yes`; a remote AS may be `internal` or `external`.
  static PeerConfig config(String text) {
    Map<String, String> words = words(text);
    RemoteAs remote =
        switch (words.getOrDefault("remote", "64512")) {
          case "internal" -> new RemoteAs.Internal();
          case "external" -> new RemoteAs.External();
          case String number -> new RemoteAs.Exactly(new Asn(Long.parseLong(number)));
        };
    PeerConfig config =
        PeerConfig.of(
                new PeerName("tor-1"),
                new Asn(Long.parseLong(words.getOrDefault("local", "64513"))),
                remote,
                Transport.to(IpAddress.of(words.getOrDefault("peer", "192.0.2.1"))))
            .withTimes(
                new SessionTimes(
                    seconds(words.getOrDefault("hold", "90")),
                    Optional.ofNullable(words.get("keepalive")).map(Script::seconds),
                    seconds(words.getOrDefault("connect", "5"))));
    if (words.containsKey("families")) {
      config = config.withFamilies(families(words.getOrDefault("families", "")));
    }
    if (words.containsKey("gr")) {
      config = config.withGracefulRestart(seconds(words.getOrDefault("gr", "")));
    }
    if (words.containsKey("passive")) {
      config =
          config.withTransport(config.transport().withInitiative(Transport.Initiative.PASSIVE));
    }
    if (words.containsKey("id")) {
      config = config.withRouterId((Ipv4) IpAddress.of(words.getOrDefault("id", "")));
    }
    return config;
  }

  static Event event(String text) {
    String[] parts = text.split(" ", 2);
    String rest = parts.length > 1 ? parts[1] : "";
    return switch (parts[0]) {
      case "start" -> new Event.Start();
      case "stop" -> new Event.Stop(stopReason(rest));
      case "timer" -> new Event.TimerExpired(timer(rest));
      case "connected" -> new Event.Connected(IpAddress.of(rest));
      case "accepted" -> new Event.Accepted(IpAddress.of(rest));
      case "path" -> rest.equals("back") ? new Event.PathBack() : new Event.PathLost();
      case "failed" -> new Event.ConnectionFailed(rest);
      case "sent" -> new Event.MessageSent();
      case "malformed" -> new Event.ReceivedMalformed(notification(rest));
      default -> new Event.Received(message(parts[0], rest));
    };
  }

  private static Message message(String kind, String rest) {
    return switch (kind) {
      case "open" -> open(words(rest));
      case "keepalive" -> new Keepalive();
      case "update" -> new Update(List.of(), List.of(), List.of());
      case "notification" -> notification(rest);
      case "refresh" -> {
        String[] parts = rest.split(" ");
        yield new RouteRefresh(families(parts[0]).iterator().next(), Integer.parseInt(parts[1]));
      }
      default -> throw new IllegalArgumentException("no such event: " + kind + " " + rest);
    };
  }

  /// `as=64512 hold=9 id=192.0.2.1`, and capabilities: `families=4,6 as4=NUMBER with=refresh,
  /// enhanced,enh,gr,gr+n,gr+f`.
  private static Open open(Map<String, String> words) {
    List<Capability> capabilities = new ArrayList<>();
    if (words.containsKey("families")) {
      families(words.getOrDefault("families", ""))
          .forEach(family -> capabilities.add(new Capability.Multiprotocol(family)));
    }
    if (words.containsKey("as4")) {
      capabilities.add(new Capability.FourOctetAs(Long.parseLong(words.getOrDefault("as4", ""))));
    }
    for (String name : words.getOrDefault("with", "").split(",")) {
      switch (name) {
        case "refresh" -> capabilities.add(new Capability.RouteRefreshRequest());
        case "enhanced" -> capabilities.add(new Capability.EnhancedRouteRefresh());
        case "gr" ->
            capabilities.add(
                new Capability.GracefulRestart(Set.of(), Duration.ofMinutes(2), List.of()));
        case "gr+n" ->
            capabilities.add(
                new Capability.GracefulRestart(
                    Set.of(RestartFlag.NOTIFICATION), Duration.ofMinutes(2), List.of()));
        case "gr+f" ->
            capabilities.add(
                new Capability.GracefulRestart(
                    Set.of(),
                    Duration.ofMinutes(2),
                    List.of(
                        new PreservedFamily(AddressFamily.IPV4_UNICAST, Forwarding.PRESERVED))));
        case "enh" ->
            capabilities.add(
                new Capability.ExtendedNextHop(List.of(NextHopEncoding.IPV4_UNICAST_OVER_IPV6)));
        default -> {}
      }
    }
    return new Open(
        Integer.parseInt(words.getOrDefault("as", "64512")),
        seconds(words.getOrDefault("hold", "90")),
        (Ipv4) IpAddress.of(words.getOrDefault("id", "192.0.2.1")),
        capabilities);
  }

  private static StopReason stopReason(String text) {
    return switch (text) {
      case "removed" -> new StopReason.PeerRemoved();
      case "restart" -> new StopReason.Restart("back soon");
      case "collision" -> new StopReason.Collision();
      case "replaced" -> new StopReason.Replaced();
      case "changed" -> new StopReason.ConfigurationChanged();
      default -> new StopReason.Shutdown(text);
    };
  }

  private static Timer timer(String label) {
    return Arrays.stream(Timer.values())
        .filter(timer -> timer.toString().equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no such timer: " + label));
  }

  private static Notification notification(String text) {
    String[] parts = text.split("[/ ]");
    Octets data = Octets.of(HexFormat.of().parseHex(parts.length > 2 ? parts[2] : ""));
    return new Notification(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), data);
  }

  private static Set<AddressFamily> families(String text) {
    Set<AddressFamily> families = new TreeSet<>();
    for (String family : text.split(",")) {
      families.add(
          switch (family) {
            case "4" -> AddressFamily.unicast(IpFamily.IPV4);
            case "6" -> AddressFamily.unicast(IpFamily.IPV6);
            default -> new AddressFamily(Integer.parseInt(family), 70);
          });
    }
    return families;
  }

  private static Duration seconds(String text) {
    return Duration.ofSeconds(Long.parseLong(text));
  }

  private static Map<String, String> words(String text) {
    // key → value (1:1)
    Map<String, String> words = new HashMap<>();
    for (String word : text.strip().split(" ")) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        words.put(word.substring(0, equals), word.substring(equals + 1));
      }
    }
    return words;
  }

  static String action(Action action) {
    return switch (action) {
      case Action.Connect _ -> "connect";
      case Action.Disconnect _ -> "disconnect";
      case Action.Abort _ -> "abort";
      case Action.Send(Message message) -> "send " + message(message);
      case Action.StartTimer(Timer timer, Duration time) -> "start " + timer + " " + time(time);
      case Action.StopTimer(Timer timer) -> "stop " + timer;
      case Action.StopAllTimers _ -> "stop all timers";
      case Action.Agree(Negotiated agreed) -> "agree on " + agreed(agreed);
      case Action.Advertise _ -> "advertise";
      case Action.Readvertise(AddressFamily family) -> "readvertise " + family;
      case Action.Report(Failure failure) -> "report: " + failure.describe();
    };
  }

  private static String time(Duration time) {
    return time.toMillis() / 1000.0 + "s";
  }

  private static String agreed(Negotiated agreed) {
    return agreed.kind()
        + " as="
        + agreed.remoteAsn()
        + " id="
        + agreed.remoteIdentifier()
        + " hold="
        + time(agreed.holdTime())
        + " keepalive="
        + time(agreed.keepaliveTime())
        + " "
        + agreed.families()
        + " "
        + agreed.asWidth()
        + " "
        + agreed.extras();
  }

  private static String message(Message message) {
    return switch (message) {
      case Open open ->
          "OPEN as="
              + open.myAs()
              + " hold="
              + open.holdTime().toSeconds()
              + " id="
              + open.identifier()
              + " "
              + open.capabilities();
      case Notification n ->
          "NOTIFICATION " + n.describe() + (n.data().length() > 0 ? " data=" + n.data() : "");
      case Keepalive _ -> "KEEPALIVE";
      case Update _, RouteRefresh _ -> message.toString();
    };
  }
}
