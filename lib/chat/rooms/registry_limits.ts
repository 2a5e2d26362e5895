/** How much the registry holds. */
export interface RegistryLimits {
  /** Rooms that one session is in at once. */
  readonly roomsPerSession: number;
  /** Sessions that wait for their client to come back; those of the address that has most give way. */
  readonly waitingSessions: number;
  /** Columns that a name takes on a terminal at most; 32, or fewer. */
  readonly nameColumns: number;
}
