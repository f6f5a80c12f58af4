// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab.segment;

import io.gitlb.lab.segment.LabBridge.Damage;
import java.time.Duration;
import java.util.List;

/// One way for the owner of an address to go.
public enum Failure {
  /// `kill -9` of the speaker; its node goes on.
  KILL,
  /// The segment is dead to the node, its management network is not; no carrier changes.
  CUT,
  /// The same on both networks: what a power loss looks like from elsewhere.
  POWER_LOSS,
  /// The cable to the segment is pulled.
  UNPLUGGED,
  /// SIGSTOP; the process is there and says nothing.
  PAUSE,
  /// What the node sends to the segment is lost, what is sent to it is not.
  MUTE,
  /// The other way round.
  DEAF,
  /// SIGTERM: it leaves in good order.
  GRACEFUL,
  /// The management network is dead to the node, the segment is not: nobody takes over.
  MANAGEMENT,
  /// Somebody sets the speaker's clock back by two hours: nobody takes over.
  CLOCK_BACK,
  /// The same, and 90 s ahead: more than any of the speaker's own limits.
  CLOCK_AHEAD;

  private static final Duration BACK = Duration.ofHours(-2);
  private static final Duration AHEAD = Duration.ofSeconds(90);

  /// Those that another node follows upon.
  public static List<Failure> ofOwners() {
    return List.of(values()).stream()
        .filter(failure -> failure != MANAGEMENT && !failure.isOfClock())
        .toList();
  }

  /// Whether it needs a speaker whose clock can be set.
  public boolean isOfClock() {
    return this == CLOCK_BACK || this == CLOCK_AHEAD;
  }

  /// Lets it happen.
  public void inflict(SpeakerLab lab, LabNode node) {
    switch (this) {
      case KILL -> LabNode.kill(lab.speaker(node));
      case CUT -> lab.lan().damage(node.host(), Damage.CUT);
      case POWER_LOSS -> {
        lab.lan().damage(node.host(), Damage.CUT);
        lab.managementNetwork().damage(node.host(), Damage.CUT);
      }
      case UNPLUGGED -> lab.lan().damage(node.host(), Damage.UNPLUGGED);
      case PAUSE -> LabNode.pause(lab.speaker(node));
      case MUTE -> lab.lan().damage(node.host(), Damage.MUTE);
      case DEAF -> lab.lan().damage(node.host(), Damage.DEAF);
      case GRACEFUL -> LabNode.terminate(lab.speaker(node));
      case MANAGEMENT -> lab.managementNetwork().damage(node.host(), Damage.CUT);
      case CLOCK_BACK -> lab.setClock(node, BACK);
      case CLOCK_AHEAD -> lab.setClock(node, AHEAD);
    }
  }

  /// Ends it: the node is as good as new, and its speaker runs and has been told what it shall do.
  public void heal(SpeakerLab lab, LabNode node) {
    switch (this) {
      case KILL, GRACEFUL -> {
        lab.speaker(node).stop();
        lab.start(node);
        lab.push(node);
      }
      case CUT, UNPLUGGED, MUTE, DEAF -> lab.lan().heal(node.host());
      case POWER_LOSS -> {
        lab.lan().heal(node.host());
        lab.managementNetwork().heal(node.host());
      }
      case PAUSE -> LabNode.resume(lab.speaker(node));
      case MANAGEMENT -> lab.managementNetwork().heal(node.host());
      case CLOCK_BACK, CLOCK_AHEAD -> lab.setClock(node, Duration.ZERO);
    }
  }
}
