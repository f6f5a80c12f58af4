// SPDX-License-Identifier: Apache-2.0
/// What the reconciler and the speakers tell each other: the [DesiredState] of a node, the answer
/// to it and the speaker's status. Pure but for the one codec class that knows JSON.
///
/// The whole desired state travels, never a delta of it; the speaker compares. An announcement is
/// keyed by its address: who owns the address does not matter on the wire.
@NullMarked
package io.gitlb.schema.protocol;

import org.jspecify.annotations.NullMarked;
