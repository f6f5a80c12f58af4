// SPDX-License-Identifier: Apache-2.0
/// Whether this node has an endpoint of its own, by what the node's service proxy says.
///
/// [HealthGates] decides when each `healthCheckNodePort` is asked and what follows from the
/// answers: a [Gate] for each port. [StatusLine] reads as much of an answer as is needed.
///
/// Pure: times and answers come in, ports to ask and gates come out.
@NullMarked
package io.gitlb.speaker.health;

import org.jspecify.annotations.NullMarked;
