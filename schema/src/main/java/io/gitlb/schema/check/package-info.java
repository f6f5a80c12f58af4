// SPDX-License-Identifier: Apache-2.0
/// What no single document can tell: duplicate names, overlapping pools, references to nothing,
/// pins that collide. Pure. [DefinitionChecks] is the one entry; the reader ends with it, and
/// whoever has [io.gitlb.schema.model.Definitions] from elsewhere can ask it too.
@NullMarked
package io.gitlb.schema.check;

import org.jspecify.annotations.NullMarked;
