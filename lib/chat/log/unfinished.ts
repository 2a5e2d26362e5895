/** Records that are built field by field, which takes less than to spread parts into them. */

/** Something to which fields may still be added. */
export type Unfinished<Whole> = { -readonly [Field in keyof Whole]: Whole[Field] };
