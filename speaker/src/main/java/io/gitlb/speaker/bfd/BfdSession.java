// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bfd;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// One session (RFC 5880 section 6.8). Mutable, of one thread. The caller hands in packets that
/// belong to it, and calls [#transmit] and [#detect] when [#nextDue] has come; the two are apart so
/// that a caller that was paused can send at once and yet read what waits before it judges.
public final class BfdSession {

  // A peer may say 255 x 71 minutes; nobody waits for that.
  private static final Duration LONGEST_DETECTION = Duration.ofMinutes(10);

  // Somebody gives the peer its new key by hand.
  private static final Duration LEAST_PATIENCE = Duration.ofMinutes(1);
  private static final int PATIENT_DETECTIONS = 10;

  // A slow peer, or one that only says so, does not keep a key for hours that somebody may have
  // stolen.
  private static final Duration MOST_PATIENCE = Duration.ofMinutes(5);

  private final RandomGenerator chance;
  private final int discriminator;
  private final @Nullable Authenticator authenticator;

  private Role role;
  private SessionTimers timers;
  private SessionState state = SessionState.DOWN;
  private Diagnostic diagnostic = Diagnostic.NONE;

  // What is in force: a Poll must end before we send slower or demand faster (section 6.8.3).
  private long txInUse;
  private long rxInUse;
  private Poll poll = Poll.NONE;

  private int remoteDiscriminator;
  private SessionState remoteState = SessionState.DOWN;
  private long remoteMinRx = 1;
  private long remoteDesiredTx;
  private int remoteMultiplier;
  private boolean remoteDemand;

  private Instant lastSent;
  private double jitter = 1;
  private Instant lastHeard = Instant.MIN;

  private enum Poll {
    NONE,
    RUNNING,
    // Another change came while one ran: it follows the first packet without F.
    RUNNING_ONE_MORE,
    WAITING
  }

  /// A session in state Down whose first packet is due at once.
  ///
  /// @param discriminator not 0, of no other session of this node
  /// @param authentication null for none
  public BfdSession(
      SessionTimers timers,
      Role role,
      int discriminator,
      @Nullable Authentication authentication,
      RandomGenerator chance,
      Instant now) {
    if (discriminator == 0) {
      throw new IllegalArgumentException("a discriminator is not 0");
    }
    this.timers = timers;
    this.role = role;
    this.discriminator = discriminator;
    this.chance = chance;
    this.authenticator =
        authentication == null ? null : new Authenticator(authentication, chance.nextInt());
    this.txInUse = advertisedTx();
    this.rxInUse = SessionTimers.micros(timers.requiredMinRx());
    this.lastSent = now.minus(Duration.ofHours(2));
  }

  public SessionState state() {
    return state;
  }

  public Diagnostic diagnostic() {
    return diagnostic;
  }

  public int discriminator() {
    return discriminator;
  }

  /// What the peer said last that it is.
  public SessionState remoteState() {
    return remoteState;
  }

  /// The distance of our packets before the jitter shortens it, as negotiated.
  public Duration transmitInterval() {
    return Duration.ofNanos(Math.max(txInUse, remoteMinRx) * 1_000);
  }

  /// For how long the peer bears our silence, as far as we know.
  public Duration remoteDetectionTime() {
    return transmitInterval().multipliedBy(timers.detectMultiplier());
  }

  /// How long the peer may be silent; zero while it was never heard.
  public Duration detectionTime() {
    long micros = remoteMultiplier * Math.max(rxInUse, remoteDesiredTx);
    Duration told = Duration.ofNanos(micros * 1_000);
    return told.compareTo(LONGEST_DETECTION) > 0 ? LONGEST_DETECTION : told;
  }

  /// When [#transmit] or [#detect] has something to do; none while nothing is to come.
  public Optional<Instant> nextDue() {
    Optional<Instant> send = nextSend();
    if (lastHeard.equals(Instant.MIN) || remoteDiscriminator == 0) {
      return send;
    }
    Instant deadline = deadline();
    return send.filter(due -> due.isBefore(deadline)).or(() -> Optional.of(deadline));
  }

  /// Takes a packet that was found to be this session's: by its discriminator, or by where it came
  /// from when it names none. Checks the authentication first; only what survives has an effect.
  ///
  /// @param octets the datagram, from position to limit
  public Reception receive(BfdPacket packet, ByteBuffer octets, Instant now) {
    Optional<DropReason> refused = authenticate(packet, octets, now);
    if (refused.isPresent()) {
      return new Reception.Dropped(refused.get());
    }
    if (state == SessionState.ADMIN_DOWN) {
      return new Reception.Dropped(DropReason.LOCALLY_DOWN);
    }
    remember(packet, now);
    List<Action> actions = new ArrayList<>(2);
    SessionState next = state.hearing(packet.state());
    if (next != state) {
      Diagnostic why =
          switch (next) {
            case DOWN -> Diagnostic.NEIGHBOR_SIGNALED_DOWN;
            case INIT, ADMIN_DOWN -> diagnostic;
            case UP -> Diagnostic.NONE;
          };
      enter(next, why, actions);
    }
    if (packet.has(BfdPacket.POLL)) {
      actions.add(new Action.Send(packet(BfdPacket.FINAL)));
    } else if (!actions.isEmpty() || (authenticator != null && authenticator.signsAnew())) {
      sendNow(actions, now);
    }
    return new Reception.Taken(actions);
  }

  private Optional<DropReason> authenticate(BfdPacket packet, ByteBuffer octets, Instant now) {
    boolean signed = packet.has(BfdPacket.AUTHENTICATED);
    if (authenticator == null) {
      return signed ? Optional.of(DropReason.AUTHENTICATION_UNEXPECTED) : Optional.empty();
    }
    if (!signed) {
      return Optional.of(DropReason.AUTHENTICATION_MISSING);
    }
    if (!lastHeard.equals(Instant.MIN)
        && !now.isBefore(lastHeard.plus(detectionTime().multipliedBy(2)))) {
      authenticator.forget();
    }
    authenticator.pass(now);
    return authenticator.check(octets, packet.detectMultiplier(), now);
  }

  private void remember(BfdPacket packet, Instant now) {
    remoteDiscriminator = packet.myDiscriminator();
    remoteState = packet.state();
    remoteMinRx = packet.requiredMinRxMicros();
    remoteDesiredTx = packet.desiredMinTxMicros();
    remoteMultiplier = packet.detectMultiplier();
    remoteDemand = packet.has(BfdPacket.DEMAND);
    lastHeard = now;
    boolean ends = packet.has(BfdPacket.FINAL);
    poll =
        switch (poll) {
          case NONE -> Poll.NONE;
          case RUNNING -> ends ? Poll.NONE : Poll.RUNNING;
          case RUNNING_ONE_MORE -> ends ? Poll.WAITING : Poll.RUNNING_ONE_MORE;
          case WAITING -> ends ? Poll.WAITING : Poll.RUNNING;
        };
    if (ends && poll == Poll.NONE) {
      txInUse = advertisedTx();
      rxInUse = SessionTimers.micros(timers.requiredMinRx());
    }
  }

  private void enter(SessionState next, Diagnostic why, List<Action> actions) {
    SessionState before = state;
    long told = advertisedTx();
    state = next;
    diagnostic = why;
    poll = Poll.NONE;
    if (next != SessionState.ADMIN_DOWN) {
      txInUse = advertisedTx();
    }
    rxInUse = SessionTimers.micros(timers.requiredMinRx());
    if (next == SessionState.UP && told != txInUse) {
      poll = Poll.RUNNING;
    }
    actions.add(new Action.Changed(before, next, why));
  }

  /// Sends what is due.
  public List<Action> transmit(Instant now) {
    Optional<Instant> due = nextSend();
    if (due.isEmpty() || due.get().isAfter(now)) {
      return List.of();
    }
    List<Action> actions = new ArrayList<>(1);
    sendNow(actions, now);
    return actions;
  }

  /// Judges a silence that has lasted the detection time (RFC 5880 section 6.8.4).
  public List<Action> detect(Instant now) {
    if (remoteDiscriminator == 0 || now.isBefore(deadline())) {
      return List.of();
    }
    remoteDiscriminator = 0;
    remoteDemand = false;
    remoteMinRx = 1;
    if (authenticator != null) {
      authenticator.silent(now);
    }
    List<Action> actions = new ArrayList<>(2);
    if (state == SessionState.INIT || state == SessionState.UP) {
      enter(SessionState.DOWN, Diagnostic.DETECTION_TIME_EXPIRED, actions);
      sendNow(actions, now);
    }
    return actions;
  }

  /// What the session runs over is not there any more, and nothing can be sent.
  public List<Action> losePath() {
    List<Action> actions = new ArrayList<>(1);
    if (state == SessionState.INIT || state == SessionState.UP) {
      enter(SessionState.DOWN, Diagnostic.PATH_DOWN, actions);
    }
    return actions;
  }

  /// Shuts the session. The caller goes on for at least a detection time, so that the peer hears
  /// it: at the pace of before, for at a packet a second (section 6.8.3) a lost one would be taken
  /// for a failure.
  public List<Action> disable(Instant now) {
    List<Action> actions = new ArrayList<>(2);
    if (state != SessionState.ADMIN_DOWN) {
      enter(SessionState.ADMIN_DOWN, Diagnostic.ADMINISTRATIVELY_DOWN, actions);
      sendNow(actions, now);
    }
    return actions;
  }

  /// Opens a session that was shut.
  public List<Action> enable(Instant now) {
    List<Action> actions = new ArrayList<>(2);
    if (state == SessionState.ADMIN_DOWN) {
      enter(SessionState.DOWN, Diagnostic.NONE, actions);
      sendNow(actions, now);
    }
    return actions;
  }

  /// Takes the other role: who begins matters to the session that is not up yet.
  public void change(Role other) {
    role = other;
  }

  /// Takes another pace, by Poll while the session is Up (section 6.8.3).
  public void change(SessionTimers wanted) {
    long oldTx = advertisedTx();
    long oldRx = SessionTimers.micros(timers.requiredMinRx());
    timers = wanted;
    long tx = advertisedTx();
    long rx = SessionTimers.micros(timers.requiredMinRx());
    boolean up = state == SessionState.UP;
    txInUse = up ? Math.min(tx, txInUse) : tx;
    rxInUse = up ? Math.max(rx, rxInUse) : rx;
    if (up && (tx != oldTx || rx != oldRx)) {
      poll =
          switch (poll) {
            case NONE -> Poll.RUNNING;
            case RUNNING, RUNNING_ONE_MORE -> Poll.RUNNING_ONE_MORE;
            case WAITING -> Poll.WAITING;
          };
    }
  }

  /// Takes other keys of the same type; does nothing for a session without authentication. A peer
  /// that is heard may get its new key later: the one of before signs until the peer has shown a
  /// new one, for ten detection times at most, which count as a minute if they are less and as five
  /// if they are more, and is accepted for twice as long. Keys that contain the one of before say
  /// themselves what is accepted; then the first signs at once.
  public void replace(Authentication authentication, Instant now) {
    if (authenticator != null) {
      authenticator.replace(authentication, remoteDiscriminator != 0, now, patience());
    }
  }

  private Duration patience() {
    Duration some = detectionTime().multipliedBy(PATIENT_DETECTIONS);
    if (some.compareTo(LEAST_PATIENCE) < 0) {
      return LEAST_PATIENCE;
    }
    return some.compareTo(MOST_PATIENCE) < 0 ? some : MOST_PATIENCE;
  }

  /// Writes a packet with its authentication at the buffer's position. Each call takes a new
  /// sequence number.
  public void encode(BfdPacket packet, ByteBuffer out) {
    int start = out.position();
    if (authenticator == null) {
      BfdCodec.encode(packet, BfdCodec.MANDATORY_OCTETS, out);
      return;
    }
    BfdCodec.encode(packet, authenticator.packetOctets(), out);
    authenticator.sign(out, start);
  }

  private Instant deadline() {
    return lastHeard.plus(detectionTime());
  }

  private Optional<Instant> nextSend() {
    boolean polling = poll == Poll.RUNNING || poll == Poll.RUNNING_ONE_MORE;
    boolean demanded =
        remoteDemand && !polling && state == SessionState.UP && remoteState == SessionState.UP;
    boolean silent = role == Role.PASSIVE && remoteDiscriminator == 0;
    if (remoteMinRx == 0 || demanded || silent) {
      return Optional.empty();
    }
    long micros = Math.max(txInUse, remoteMinRx);
    return Optional.of(lastSent.plusNanos((long) (micros * 1_000 * jitter)));
  }

  // 75 to 100 %, and at most 90 % where one lost packet ends the session (section 6.8.7).
  private void sendNow(List<Action> actions, Instant now) {
    if (remoteMinRx == 0 || (role == Role.PASSIVE && remoteDiscriminator == 0)) {
      return;
    }
    if (authenticator != null) {
      authenticator.pass(now);
    }
    lastSent = now;
    jitter = 0.75 + chance.nextDouble() * (timers.detectMultiplier() == 1 ? 0.15 : 0.25);
    boolean polling = poll == Poll.RUNNING || poll == Poll.RUNNING_ONE_MORE;
    actions.add(new Action.Send(packet(polling ? BfdPacket.POLL : 0)));
  }

  private BfdPacket packet(int flags) {
    return new BfdPacket(
        diagnostic.code(),
        state,
        authenticator == null ? flags : flags | BfdPacket.AUTHENTICATED,
        timers.detectMultiplier(),
        discriminator,
        remoteDiscriminator,
        advertisedTx(),
        SessionTimers.micros(timers.requiredMinRx()),
        0);
  }

  private long advertisedTx() {
    long wanted = SessionTimers.micros(timers.desiredMinTx());
    return state == SessionState.UP
        ? wanted
        : Math.max(wanted, SessionTimers.micros(timers.paceWhileDown()));
  }
}
