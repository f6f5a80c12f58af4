// SPDX-License-Identifier: Apache-2.0
/// What the reconciler and the speakers tell each other: the [DesiredState] of a node, the answer
/// to it and the speaker's status. Pure but for the one codec class that knows JSON.
///
/// The whole desired state travels; a speaker that has acknowledged a state may be told what makes
/// the next one of it ([DesiredDelta]), and is told the whole again whenever there is a doubt. An
/// announcement is keyed by its address: who owns the address does not matter on the wire.
@NullMarked
package io.gitlb.schema.protocol;

import org.jspecify.annotations.NullMarked;
