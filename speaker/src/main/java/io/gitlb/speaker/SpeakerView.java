// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.speaker.announce.ActiveSet;
import io.gitlb.speaker.bgp.session.PeerStatus;
import io.gitlb.speaker.l2.Link;
import java.util.List;
import java.util.Optional;

/// What the parts of the speaker say of themselves at one moment.
///
/// @param applied the state in force
/// @param links that are captured, sorted by name
/// @param peers sorted by name
record SpeakerView(
    Optional<DesiredState> applied, ActiveSet active, List<Link> links, List<PeerStatus> peers) {}
