CREATE TABLE "LockFences" (
    "Id" uuid NOT NULL,
    "Key" character varying(512) NOT NULL,
    "Token" bigint NOT NULL,
    CONSTRAINT "PK_LockFences" PRIMARY KEY ("Id")
);
